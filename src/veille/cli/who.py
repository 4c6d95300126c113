"""Who gives a command: what they say, else the name of their session."""

import click

by_option = click.option("--by", metavar="QUI", default="", help="Qui décide (défaut : le nom de session).")


def session_name() -> str:
    """Return the name of the session; raises InputError where it has none."""
    import getpass

    from veille.errors import InputError

    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container's user may have no name: KeyError until Python 3.12
        raise InputError("le nom de session est inconnu", cure="dites qui décide : --by QUI") from error
