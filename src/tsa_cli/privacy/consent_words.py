"""What is a yes and what is a no where a consent is told in words, in lower case."""

YES = ("yes", "true", "granted", "1")
NO = ("no", "false", "denied", "0")  # `denied` is what Google's consent mode says
