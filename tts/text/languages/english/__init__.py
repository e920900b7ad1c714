"""English as it is read aloud: rules and their words, a file for each kind of thing that is written."""
