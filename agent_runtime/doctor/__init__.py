"""Looks at the installation: what is right, and how to mend what is not; also prints settings and audit chains."""
