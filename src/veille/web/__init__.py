"""Pages that members open from a link of their mail: no account, no cookie, nothing written by opening one."""
