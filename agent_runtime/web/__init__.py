"""The pages that people work in: rendered here, usable without scripts, made quicker by a few modules of our own."""
