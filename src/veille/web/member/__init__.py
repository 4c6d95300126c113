"""Pages that members open from a link of their mail: no account, no cookie, nothing written by opening one.

Link scanners open every link of every mail before its reader does (Safe Links, Proofpoint): only a POST writes. A token
proves the person and the purpose; a wrong one of any kind gets the same 404, so that nobody learns who exists. No page
prints an address: a forwarded mail must not tell one (listmonk#2583).
"""
