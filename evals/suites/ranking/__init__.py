"""Do the deals that people should look at first stand first?"""
