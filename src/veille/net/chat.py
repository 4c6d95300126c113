"""Rooms where people talk, through Apprise (BSD-2-Clause), an optional extra: a hundred of them.

Its addresses are written by whoever runs the instance, never by a source; they name their own servers and secrets, and
Apprise opens its own connections to them.
"""

import importlib.util

MISSING = "les salons demandent l'extra « chat » : installez « veille[chat] »"


def say(url: str, title: str, text: str) -> str:
    """Tell a room; return "" where it was heard, else what is wrong, in French, without its address: it has secrets."""
    if importlib.util.find_spec("apprise") is None:
        return MISSING
    import apprise  # noqa: PLC0415 - 0.5 s, for whom a room is told

    room = apprise.Apprise()
    if not room.add(url):
        return f"adresse de salon inconnue (« {url.partition(':')[0]}: ») : voyez les formes admises par Apprise"
    heard = room.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT)
    return "" if heard else "le salon n'a pas répondu, ou a refusé"
