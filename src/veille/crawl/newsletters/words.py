"""What letters say around their content, in French and English: patterns over folded text and over addresses (pure).

Folded: lower case, no accents, apostrophes, dashes and « + » as spaces (`veille.text.fold`).
"""

import re


def _anywhere(*words: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(words) + r")\b")


def _whole(*words: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(words) + ")")


_MINE = r"(?:mes|vos|ses|tes|mon|votre|ton|ma|your|my|the|les?|la|l|cette?|cet)"
_ACCOUNT = (
    r"(?:preferences?|abonnements?|inscriptions?|souscriptions?|alertes? e ?mail|profils?|profile|coordonnees"
    r"|adresses?|e ?mails?|comptes?|subscriptions?|settings|account|communications?|newsletters?|donnees"
    r"|informations personnelles)"
)
_KEEPERS = r"(?:gerer|modifier|mettre a jour|changer|manage|update|edit)"
_PROVERS = r"(?:confirm\w*|valid\w*|activ\w*|verif\w*)"
#: Anywhere in a text: a click would change what its reader receives.
SUBSCRIPTION = _anywhere(
    r"desabonn\w*",
    r"desinscri\w*",
    r"unsubscri\w*",
    r"opt ?out",
    r"ne (?:plus|souhaite\w* plus|desire\w* plus) recevoir",
    rf"{_KEEPERS} {_MINE} {_ACCOUNT}",
    rf"(?:manage|update) {_ACCOUNT}",
    rf"{_PROVERS} {_MINE} (?:\w+ )?{_ACCOUNT}",
    r"(?:confirm|activate|verify) (?:subscription|e ?mail)",
    r"(?:se|me|vous) retirer de (?:la|cette|notre|nos) listes?",
    r"je confirme",
)
#: The whole of a link's text: notices, accounts.
NOTICES = _whole(
    r"mentions? legales?.*",
    r"(?:(?:notre|nos|la) )?(?:politique|charte|regles?) (?:de |des )?"
    r"(?:confidentialite|cookies|vie privee|protection|donnees).*",
    r"(?:protection (?:de vos|des) )?donnees personnelles",
    r"(?:vos |mes )?(?:preferences?|abonnements)(?: d e ?mails?)?",
    r"privacy(?: policy| notice)?",
    r"terms(?: of .*| and .*)?",
    r"rgpd|gdpr|cgu|cgv|mon compte|my account",
    r"(?:signaler|report)(?: comme)?(?: un)? (?:spam|abus\w*|abuse)",
    r"e ?mail preferences?|preference cent(?:er|re)",
)
#: The whole of a subject or a button: the sender waits for its reader's click before it writes at all.
CONFIRMATION = _anywhere(
    rf"{_PROVERS} (?:\w+ )?{_MINE} (?:\w+ )?"
    r"(?:inscription|abonnement|souscription|adresse|e ?mail|subscription|address)",
    rf"{_PROVERS} (?:inscription|abonnement|subscription)",
    r"confirmation (?:de |d )?(?:votre |l )?(?:inscription|abonnement|adresse|e ?mail|subscription) "
    r"(?:a|requise|attendue|necessaire|required)\b.*",
    r"(?:plus qu une etape|derniere etape|un dernier clic|one more step|almost there|double opt in)",
    r"(?:please )?(?:confirm|verify|activate) (?:your |you )?(?:\w+ )?(?:subscription|e ?mail|address|want)",
)
#: The whole of a link's text: the same letter elsewhere, sharing, social networks, furniture.
IDLE = _whole(
    r"(?:pour )?(?:voir|lire|afficher|consulter|visualiser|ouvrir|cliquez ici pour (?:voir|lire|visualiser)) "
    r"(?:la|le|l|cet|cette|ce)? ?(?:newsletter|lettre|e ?mail|mail|message|courriel|infolettre|page|info)? ?"
    r"(?:en ligne|dans (?:votre|un|le) navigateur|sur (?:le web|internet)).*",
    r".{0,40}\bversion (?:en ligne|web|navigateur|html)\b.{0,20}|.{0,30}\bdans (?:votre|un|le) navigateur\b.{0,10}",
    r"affichage web|page miroir|archives?(?: en ligne)?|web version|(?:view|read) online|view as web ?page",
    r"view (?:this |the |it )?(?:e ?mail |newsletter |message )?(?:in|on) .{0,20}(?:browser|web|line|site)",
    r"(?:partager|share|transferer|forward|tweeter|tweet|like|recommander)(?: .{0,24})?|j aime",
    r"(?:suivre|follow)(?: (?:nous|us|la page|sur|on)\b.{0,20})?",
    r"(?:suivez|rejoignez|retrouvez|follow) (?:nous|us).{0,40}",
    r"(?:transmettre|envoyer) a un (?:ami|collegue)",
    r"s abonner.{0,40}|abonnez vous.{0,40}|subscribe.{0,30}",
    r"s inscrire a (?:la|notre|cette) (?:newsletter|lettre|infolettre).{0,30}",
    r"(?:sur )?(?:facebook|twitter|x|linkedin|instagram|youtube|viadeo|pinterest|tiktok|mastodon|bluesky|whatsapp"
    r"|telegram|flickr|vimeo|threads)(?: (?:icon|logo|icone))?",
    r"logo(?: .{0,40})?|accueil|home",
    r"nous contacter|contact(?:ez nous)?|contact us|haut de page|retour au sommaire",
    r"(?:ajouter|ajoutez) .{0,40}carnet d adresses|add to (?:address book|contacts)",
)
_REST = r"\b.{0,40}"
#: The whole of a link's text: it invites without naming anything.
BUTTON = _whole(
    rf"(?:lire|voir|consulter|decouvrir|telecharger|acceder|retrouver|visiter|regarder|ecouter|visionner){_REST}",
    rf"en savoir(?: plus)?{_REST}",
    rf"(?:plus )?d infos?{_REST}",
    rf"plus d informations?{_REST}",
    r"plus|infos?(?: (?:et|pratiques?|inscriptions?).*)?",
    r"(?:la )?suite|details?|ici|cliquez ici.{0,30}|c est (?:par )?ici",
    r"toutes? (?:les|l|la) .{0,40}|tout savoir.{0,30}",
    r"je (?:decouvre|m inscris|participe|candidate|postule|depose|consulte|telecharge|veux|lis|profite|reserve"
    rf"|m informe|souhaite|regarde){_REST}",
    rf"j (?:en profite|y vais|accede|en sais plus|y participe){_REST}|je fonce",
    r"(?:inscription|inscrivez vous|s inscrire|participer|participez|candidater|postuler|deposer|repondre|repondez"
    rf"|reserver|reservez|demarrer|profiter|profitez){_REST}",
    rf"(?:candidatez|postulez|deposez|decouvrez|consultez|telechargez|visionnez){_REST}",
    rf"(?:read|learn|find out|see|view|register|apply|download|discover|continue reading|get|watch|go to|visit){_REST}",
    r"more(?: info.*)?",
    r"liens?|link|site(?: web| internet)?|web|pdf|programme|acces",
)
#: How a link's text begins, whatever it goes on to name: the article's title once more.
INVITATION = re.compile(
    r"(?:read|learn|find out|see|view|know) more (?:about|on)\b"
    r"|(?:lire la suite|en savoir plus|plus d infos?) (?:de|du|sur|a propos)\b"
)
#: A line that says « what follows is paid for ».
ADVERT = _whole(
    r"(?:publi ?)?(?:publicite|communique|reportage|pub)(?: publicitaire)?",
    r"annonce(?: publicitaire)?|sponsori[sz]e|sponsored(?: by .*)?|contenu (?:sponsorise|partenaire)|advertisement",
    r"(?:en )?partenariat (?:remunere|commercial).*|notre partenaire|message de nos partenaires",
)
#: A line about how the letter shows: whatever it links to is the letter again.
MIRROR_LINE = _anywhere(
    r"ne s affiche pas|s affiche mal|affich\w+ (?:pas )?correctement",
    r"ne (?:parvenez|arrivez) pas a (?:lire|voir|visualiser)",
    r"(?:lire|voir|visualiser|consulter) (?:la|le|cet|cette|ce) "
    r"(?:newsletter|lettre|e ?mail|mail|message|courriel) en ligne",
    r"(?:trouble|problem|having) (?:viewing|reading)|view (?:this|it) (?:e ?mail )?in your browser",
)
#: The end of a letter that a person signs, as a line of its own.
SIGN_OFF = _whole(
    r"(?:bien |tres )?(?:cordialement|sincerement|respectueusement)(?: .{0,60})?",
    r"bien (?:a vous|a toi|cordialement).{0,30}|(?:bonne|belle) (?:lecture|journee|semaine|soiree|reception).{0,30}",
    r"(?:salutations|amities|amicalement)\b.{0,30}|(?:best|kind|warm) regards|sincerely|cheers",
)
#: Headings of what is no news: greetings, editorials, tables of contents.
FURNITURE = _whole(
    r"(?:l |notre )?edito(?:rial)?(?: .*)?|(?:au )?sommaire.*|le mot (?:du|de la|de l) .*|dans ce numero.*",
    r"table des matieres",
    r"(?:bonjour|madame|cher|chere|chers|cheres|hello|bonne lecture|a la une de ce numero)\b.*",
    r"(?:suivez|retrouvez|rejoignez|contactez) nous.*|nous (?:suivre|contacter)|contact|partager|nos reseaux.*",
    r"in this issue.*|contents|follow us.*|contact us.*",
)
#: Words of a footer that do not name a subscription.
FOOTER = _anywhere(
    r"vous recevez (?:ce|cet|cette|nos|la) (?:e ?mail|mail|message|courriel|newsletter|lettre|infolettre|info\w*)s?",
    r"(?:cet |ce )?(?:e ?mail|message|courriel) (?:a ete|est) (?:envoye|adresse|destine)",
    r"cette (?:newsletter|lettre|infolettre) (?:est|a ete) (?:envoyee|adressee|diffusee|editee)",
    r"conformement (?:a la loi|au reglement|aux dispositions)|informatique et libertes",
    r"vous disposez d un droit|vous pouvez exercer|tous droits reserves|all rights reserved",
    r"you (?:are receiving|received|re receiving) this|directeur de (?:la )?publication|si vous ne souhaitez plus",
    r"our mailing address|mentions legales|politique de confidentialite",
)

#: In an address, anywhere.
SUBSCRIPTION_ADDRESS = re.compile(
    r"unsub|desabo|désabo|desinscri|désinscri|opt-?out|disable_email|/(?:mk|tr)/un|/un/|/asm/|ctrl=fronteditor|task=unsub"
    r"|action=(?:u|uc|c|confirm|unsubscribe|manage|track_unsubscribe|view_in_browser|subscriptions?)(?:&|$)"
    r"|[?&](?:na|nmu)=(?:u|uc|c|profile)(?:&|$)|double-?opt|report[-_]?abuse"
    r"|confirm(?:ation)?[-_]?(?:token|subscri\w*|inscri\w*|e?mail)|list-manage\.com/(?:profile|vcard|abuse)"
    r"|(?:subscription|preference|e?mail)s?[-_]?(?:center|centre|management|preferences?|settings)"
    r"|manage[-_]?(?:subscri\w*|preferences?)",
    re.IGNORECASE,
)
#: The last step of an address's path.
PRIVATE_STEP = re.compile(
    r"/(?:profile|preferences?|confirm(?:er|ed|ation)?|activat(?:e|ion)|verif(?:y|ier)(?:[-_]\w+)?|abuse|spam"
    r"|privacy(?:-policy)?|mentions-legales|politique-(?:de-)?(?:confidentialite|cookies|protection)[\w-]*"
    r"|donnees-personnelles|rgpd|gdpr|legal|cgu|cgv)(?:\.\w{2,5})?/?(?:[?#]|$)",
    re.IGNORECASE,
)
MIRROR_ADDRESS = re.compile(
    r"/(?:mk|tr)/mr|miroir|/mirror|view[-_]?(?:online|in[-_]?browser|email)|viewmsg|webversion|web-version|version-web"
    r"|forward-to-friend|campaign-archive",
    re.IGNORECASE,
)
ADVERT_ADDRESS = re.compile(
    r"doubleclick\.net|googlesyndication|googleadservices|adservice|/adclick|/adserver|adform\.net|smartadserver"
    r"|criteo\.|taboola|outbrain|liveintent|[?&](?:ad|pub|banner)_?id=",
    re.IGNORECASE,
)
SOCIAL_HOSTS = frozenset({
    "facebook.com", "fb.com", "fb.me", "twitter.com", "x.com", "t.co", "linkedin.com", "lnkd.in", "instagram.com",
    "youtube.com", "youtu.be", "pinterest.com", "pinterest.fr", "tiktok.com", "viadeo.com", "whatsapp.com", "wa.me",
    "t.me", "telegram.me", "bsky.app", "mastodon.social", "flickr.com", "vimeo.com", "dailymotion.com",
    "snapchat.com", "threads.net", "addtoany.com", "addthis.com", "sharethis.com", "eepurl.com", "apps.apple.com",
    "play.google.com",
})  # fmt: skip
#: Who sent the letter for its author: their front pages; their click servers stand below.
SENDERS_SITES = frozenset({
    "mailchimp.com", "brevo.com", "sendinblue.com", "sarbacane.com", "mailjet.com", "mailerlite.com", "hubspot.com",
    "substack.com",
})  # fmt: skip
