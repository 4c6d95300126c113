// Reads a mail's HTML; prints what French mail clients, Gmail and Outlook on Windows do not wholly support.
// One line each: support, client, feature. The data travels with the package: nothing is asked of any server.
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

const clients = ["orange.*", "sfr.*", "laposte.*", "free-fr.*", "outlook.windows", "gmail.*"];
const found = caniemail({ clients, html: readFileSync(0, "utf8") });
const lines = Object.entries(found.issues).flatMap(([support, byClient]) =>
  [...byClient].flatMap(([client, issues]) => issues.map((issue) => `${support}\t${client}\t${issue.title}`)),
);
console.log([...new Set(lines)].sort().join("\n"));
