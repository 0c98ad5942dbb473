"""What a person sees of a card that was found."""
