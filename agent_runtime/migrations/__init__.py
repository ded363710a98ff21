"""How the tables of an installation come to be and change: revisions, run in order, with the guards made anew."""
