"""An account's loop: what is known goes in, a finished next action comes out."""
