"""The 27 labelled tasks: the challenge's folders in, leak-proof splits and sample tars out."""
