"""How one report is judged: what the models see, what they answer, and the words it rests on."""
