"""Rules of the checklist that nothing answers yet, each with its reason."""

LATER = {
    "H05": "Brotli is not offered: its decoder gives no bounded output (165 bytes became 210 MB)",
    "W01": "autodiscovery from a page comes with the sources that are pages",
    "W02": "robots.txt binds pages, sitemaps and documents, not fetched yet; a feed that a person wrote is exempt",
    "W03": "robots.txt that answers 5xx: with W02",
    "W04": "robots.txt that answers 404: with W02",
    "W05": "longest match in robots.txt: with W02",
    "W06": "wildcards in robots.txt: with W02",
}
