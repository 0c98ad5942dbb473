"""From what the machine groups to incidents that keep their names and obey people."""
