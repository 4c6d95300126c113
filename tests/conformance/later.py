"""Rules of the checklist that these runs do not judge, each with its reason."""

LATER = {
    "H05": "Brotli is not offered: its decoder gives no bounded output (165 bytes became 210 MB)",
    "W02": "the runs hold feeds, which are exempt; pages and sitemaps are judged in tests/crawl/test_robots.py",
    "W03": "robots.txt that answers 5xx: with W02",
    "W04": "robots.txt that answers 404: with W02",
    "W05": "longest match in robots.txt: with W02",
    "W06": "wildcards in robots.txt: with W02",
}
