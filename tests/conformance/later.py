"""Rules of the checklist that these runs do not judge, each with its reason."""

LATER = {
    "H05": "Brotli is not offered: its decoder gives no bounded output (165 bytes became 210 MB)",
}
