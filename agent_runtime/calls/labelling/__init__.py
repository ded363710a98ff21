"""What people say a call was about: which calls to ask for, the labels, and what they change in the classifier."""
