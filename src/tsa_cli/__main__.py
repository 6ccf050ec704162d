"""`python -m tsa_cli` is `tsa`."""

from tsa_cli.cli.main import main

if __name__ == "__main__":
    main()
