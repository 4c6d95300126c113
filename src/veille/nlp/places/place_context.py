"""What the words around a place name say: an authority, an address, a river, a person, a département's number."""

import re

from veille.nlp.places.nearby import Ending, Rare

_END = r" ?(?:de la |de l'|des |du |de |d'|la |le |les |l')?$"
#: « dans les départements suivants : Ain, Loire ».
_LISTED = r"(?: suivants)?(?: ?:)?"

#: « commune de … », « mairie de … »: the name is a commune's.
AUTHORITY = Ending(
    r"\b(?:communes?(?: nouvelle| deleguee)?|villes?|mairies?|municipalites?|bourg|ccas|office de tourisme"
    r"|conseil municipal"
    r"|centre hospitalier|chu|chru|hopital|hopitaux|aeroport|tribunal(?: administratif| judiciaire| de commerce)?"
    r"|maire|gare"
    r"|cour d'appel|centre-ville|centre-bourg|cantons?|arrondissement|hotel de ville|habitants|bassin de vie|universite"
    r"|academie|rectorat|archeveche|metropole|agglomeration|agglo|com)" + _END,
    29,
)
#: Those of them that act for the commune: a hospital or a station is only there.
ACTING = Ending(
    r"\b(?:communes?(?: nouvelle| deleguee)?|villes?|mairies?|municipalites?|bourg|ccas|conseil municipal|maire"
    r"|centre-ville|centre-bourg|cantons?|arrondissement|hotel de ville|habitants|bassin de vie|metropole"
    r"|agglomeration|agglo|com)" + _END,
    24,
)
#: A court where one appeals: the place of a procedure, never an area.
COURT = Ending(
    r"\b(?:tribun(?:al|aux)(?: administratifs?| judiciaires?| de commerce| de grande instance)?"
    r"|cours?(?: administrative)? d'appel|greffe)" + _END + r"|\btribunal[a-z ]{0,30} : $",
    41,
)
#: Who acts from a place without acting for it: « Université de Lille ».
ACTOR = re.compile(
    r"\b(?:universites?(?: [a-z-]+)?|insa|ecoles?(?: [a-z]+){0,3}|instituts?(?: [a-z]+){0,3}|iut|laboratoire"
    r"|aeroport|gare"
    r"|observatoire|conservatoire|musee|rectorat|academie|golfe|presqu'ile)" + _END
)
#: A school's or a company's name ends with its town: « HEC Paris », « La Rochelle Université ».
ACRONYM = re.compile(r"(?:^|[\s(«\"'’])(?!ZAC|ZA|ZI|PME|TPE|ETI|CCI|CMA|CAF|DDT|AAP|AMI|LA|LE|DE|DU)[A-Z]{3,}[ -]$")
SCHOOL_AFTER = re.compile(r" (?:universit[ey]|(?:business )?school|(?:grande )?ecole|mines|telecom|inp)\b")
#: What happens in a town, or who comes from it, without the call being for it.
PASSING = re.compile(
    r"\b(?:laureat(?:e|s|es)?|jury|parrainages?|finale|ceremonie|salons?|seminaire|webinaire|comites?|secretariat"
    r"|conference de presse"
    r"|reunions? d[e'][a-z' ]{0,25}|s'(?:est|etait|sont) (?:tenu|deroule)e?s?"
    r"|se (?:tiendra|tient|reunira|reunit|deroulera)|(?:a|aura) (?:eu )?lieu|exemples?"
    r"|inspire[es]{0,2}|sur le modele|retours? d'experience|cabinet|bureaux? d'etudes?|prestataires?|consultants?"
    r"|parrain|lancement (?:a|en) |(?:departs?|equipes?|remises?) d(?:es?|u|')?|rendez-vous|vous (?:recoit|accueille"
    r"|attend)|(?:notre|un"
    r"|une) partenaire|depots? a|deja finance[es]{0,2}|vien(?:t|nent) d)\b"
)
#: An office, or where somebody was born: the town says where, not for whom.
OFFICE = Ending(
    r"\b(?:antennes?|agences?(?! de l)|delegations?|directions? (?:regionale|territoriale|departementale|generale)s?"
    r"|bureaux?|succursales?|sites?|nee?s? a|(?:fonde|cree)e?s? (?:en [0-9]{4} )?a|originaires?"
    r"|(?:,|desormais) ?(?:base|installe|implante|situe|etabli)e? a|emploie[a-z0-9 ]{0,40} a)" + _END,
    56,
)
#: « de métropole et d'outre-mer », « toutes régions dont outre-mer »: the country, not the part;
#: « vers l'outre-mer »: where things go.
BOTH = Ending(
    r"\b(?:(?:metropole|metropolitaine|hexagone)(?: et|,| ou| comme) (?:d'|en |l'|les |dans les )?"
    r"|(?:dont|y compris|vers|livraison (?:en|dans)) (?:l'|les |en |dans les )?)$",
    32,
)
#: « 65 % pour la Corse », « 25 k€ en Corse »: a rate or a sum of that place, not the place of the call.
RATE = Ending(r"[0-9] ?(?:%|k?€|m€|euros) (?:(?:en|pour|dans)(?: la| les| le| l')?|a|aux?) ?$", 17)
#: Where one gets more, or pays less, without the call being kept to it.
MODULATED = re.compile(
    r"\b(?:taux|aides?|subventions?|montants?|plafonds?|intensites?)\b[^.;\n]{0,40}"
    r"\b(?:(?:majore|bonifie|releve)e?s?\b|portee?s? (?:a|jusqu))|\bmajorations?\b|\bbonus de [0-9]|\bailleurs\b"
    r"|\b(?:taux|montant|aide) (?:bonifie|majore)e?\b"
    r"|\b(?:modalites|conditions|regles|dispositions|bareme) (?:specifiques?|particulieres?|propres?)\b"
    r"|\bnon raccordee?s?\b"
)
#: What was done there before.
DONE = re.compile(
    r"\b(?:ont|a) (?:deja )?ete (?:finance|soutenu|aide|accompagne)e?s?\b|\bdeja (?:finance|aide|soutenu)e?s?\b"
)
#: Whoever the sentence leaves out.
REFUSED = re.compile(
    r"\b(?:ne (?:sont|seront|est|sera) pas (?:eligibles?|concernee?s?|admise?s?|ouverte?s?)|non eligibles?|ineligibles?"
    r"|(?:sont|est|seront) exclu(?:e?s?)|n'(?:est|etait|sont) pas ouverte?s?|n'(?:y )?(?:ont|a) pas (?:acces|droit)"
    r"|ne peu(?:t|vent) pas (?:candidater|repondre|deposer|postuler|participer|beneficier|pretendre)"
    r"|ne concerne(?:nt)? pas|(?:are|is) not eligible|not open to|not available)\b"
)
#: Whom a call is for, right before the name: « les communes et associations de Vendée », « employeurs franciliens ».
AUDIENCE = re.compile(
    r"\b(?:entreprises|proprietaires|(?<!une )(?<!la )(?:pme|tpe|eti|start-up)|collectivites|associations"
    r"|communes|exploitations"
    r"|artisans|commercants|agriculteurs|eleveurs|producteurs|structures|employeurs|etudiants|jeunes|acteurs|stations"
    r"|sites|scieries|etablissements|industriels|chercheurs|laboratoires)(?: [a-z-]+){0,2} ?"
    r"(?:de la |de l'|du |des |de |d'|en |a la |aux? )?$"
)
#: The same in English: « SMEs from … », « companies located in … ».
ENGLISH_AUDIENCE = Ending(
    r"\b(?:companies|smes|start-?ups|businesses|firms|applicants|organi[sz]ations|entities|laborator(?:y|ies)"
    r"|researchers|universities|partners|consortia|projects|farmers|municipalities|regions?)"
    r"(?: (?:that are|which are|legally))?"
    r"(?: (?:located|based|established|registered|headquartered|incorporated|operating|resident))? (?:in|from|of)"
    r"(?: the)? $",
    48,
)
#: « implantées en Allemagne », « established in Germany ».
ESTABLISHED = re.compile(
    r"\b(?:(?:situe|implante|domicilie|installe|base|etabli|immatricule)e?s? (?:en|au|aux)"
    r"|(?:established|located|based|registered|headquartered|incorporated) in(?: the)?) $"
)
#: What opens a list of countries where applicants must be.
ESTABLISHED_IN = re.compile(
    r"\b(?:(?:situe|implante|domicilie|installe|base|etabli|immatricule)e?s? (?:en|au|aux)"
    r"|(?:established|located|based|registered|headquartered|incorporated) in(?: the)?) "
)
#: « avec le soutien de la Région … »: named as a partner.
PARTNER = Rare(
    r"\b(?:avec (?:l'aide|l'appui|le soutien|le concours|la participation|la collaboration)|(?:en )?(?:partenariat"
    r"|collaboration|lien|cooperation) (?:etroite )?avec|aux cotes|soutien technique)\b[^.;:\n]{0,60}$",
    ("avec", "aux cotes", "soutien technique"),
)
#: Where one travels from or to, and what a perimeter leaves out: opens a list of names.
TRAVEL = Rare(
    r"\b(?:vers|depuis|rejoindre|a destination|en provenance)\b",
    ("vers", "depuis", "rejoindre", "destination", "provenance"),
)
OUTSIDE = Rare(
    r"\b(?:hors|hormis|sauf|excepte[es]{0,2}|(?:a l')?(?:exception|exclusion)|en dehors|contrairement aux?|excluant"
    r"|excepting|except(?: for)?|excluding|outside)\b",
    ("hor", "sauf", "excep", "exclu", "contrairement", "outside"),
)
#: « à … », « près de … », « entre … »: a place, whichever.
AT = Ending(
    r"(?:(?<![a-z0-9'])a|\baux?|\bpres d(?:e |')|\bproche d(?:e |')|\bautour d(?:e |')|\bentre|\bdepuis|\bvers"
    r"|\bhors d(?:e |')"
    r"|\bsitue[es]{0,2} (?:a|sur)|\bbase[es]{0,2} a|\bsur|\bau sud d(?:e |')|\bau nord d(?:e |')|\ba l'(?:est"
    r"|ouest) d(?:e |'))"
    r" ?$",
    14,
)
#: « à … » alone: sure enough even before an ordinary word (« à Plaisir »).
JUST_AT = Ending(r"(?:^|(?<![a-z0-9'])) ?a $", 3)
#: An article that is no part of the name: « l'Hermies », « du Barry » are streams and families, not communes.
ARTICLE = Ending(r"\b(?:la|le|les|du|des|au|aux|un|une|ce|cette|son|sa|leur|notre) $|\bl'$", 6)
#: Streets, saints, treaties: the name is only how something is called.
STREET = Ending(
    r"\b(?:rue|avenue|av\.?|boulevard|bd|bld|(?<!en )place|quai|route|chemin|allees?|impasse|cours|square"
    r"|faubourg|hameau"
    r"|lieu-?dit"
    r"|bois(?= d)|lac|etang|foret|chateau|eglise|espace|residence|quartier|pont|tunnel|tourbiere|marais|torrent"
    r"|ruisseau"
    r"|col|mont|pic|ile|accords?|traite|protocole|convention|conference|declaration|cop ?[0-9]+|saints?|saintes?"
    r"|barrage|portes?|(?<!de )montagnes?|sommet|grottes?"
    r"|moulin|ferme|rocher|plage|anse|pointe|baie|zac|zone d'activites?|zae|za|zi|domaine|villa|auberge|creche|fort)"
    + _END,
    26,
    far=("cop",),
)
#: Hours, treaties, coordinates and products called after a place: « 17 h (heure de Paris) », « NTF (Paris) ».
CALLED = Ending(
    r"\b(?:heures?|horaires?|fuseau(?: horaire)?|meridien|bourse|charte|ntf|place financiere"
    r"|vins?|fromages?|moutardes?|savons?|porcelaines?|faiences?)(?: de | d'| ?\()$"
    r"|\b[0-9]{1,2} ?h(?: ?[0-5][0-9])? \($",
    20,
)
#: Schools and halls: « lycée de Sens » is in Sens, « lycée Voltaire » is not in Voltaire.
NAMED_AFTER = Ending(
    r"\b(?:college|lycee|ecole|gymnase|salle|stade|site|parc|hotel|groupe scolaire|mediatheque|ehpad|groupe"
    r"|aeroport|plan|fondation|prix|societe|compagnie|marque) $",
    16,
)
#: « M. … », « Mme Claire … ».
PERSON = re.compile(
    r"\b(?:m\.|mm\.|mme|mlle|monsieur|madame|dr\.?|pr\.?|professeure?|docteure?|maitre|mr\.?)(?: [a-z-]+)? $"
)
#: « département de … », « préfecture du … », « CCI de … »: the name is a département's.
COUNTY = Ending(
    r"\b(?:departements?|dep|dpt|dept|cd|conseil(?:s)? (?:departemental|general)|prefecture|prefete?"
    r"|chambre d'agriculture|caf"
    r"|chambre de commerce(?: et d'industrie)?|chambre de(?:s)? metiers(?: et de l'artisanat)?|cci|cma|ddtm?|sdis"
    r"|cpam|msa|udaf"
    r"|archives departementales|habitat|federation departementale|syndicat departemental[a-z ,'-]{0,60}?|fne|caue"
    r"|ddpp|ddets"
    r"|sous-prefecture|collectivite|comite departemental[a-z ,'-]{0,30}?|agence departementale[a-z ,'-]{0,30}?|comite)"
    + _LISTED
    + _END,
    56,
    far=("departemental",),
)
#: « région … ».
REGION = Ending(
    r"\b(?:regions?|conseil regional|crous|dreal|draaf|ars|urssaf|academie|cress|dreets|drac|rectorat)" + _END, 23
)
#: « communauté de communes … ».
GROUPING = Ending(
    r"\b(?:communautes? (?:de communes?|d'agglomerations?|urbaines?|d'agglo)|cc|ca|cu|com ?com|agglomerations?"
    r"|agglo|metropole"
    r"|intercommunalites?|eurometropole|communaute|epci)(?: (?:de|du|des) pays)?" + _END,
    44,
)
#: « agglomérations de Rouen, Reims … »: opens a list of names, each an EPCI's.
GROUPINGS = Rare(
    r"\b(?:agglomerations|metropoles|communautes (?:de communes|d'agglomeration|urbaines)) (?:de |d')",
    ("agglomerations", "metropoles", "communautes"),
)
#: Its landlord or its developer, whose works may be elsewhere.
COMPANY_AFTER = re.compile(r" (?:habitat|amenagement|logement)\b")
#: « … communauté de communes » after the name.
GROUPING_AFTER = re.compile(
    r" ?-? ?\(?(?:communaute(?: de communes| d'agglomeration| urbaine)?|agglo(?:meration)?|metropole)\b"
)
#: « dans l'… », « en … », « du … ».
IN = Ending(r"\b(?:en|dans (?:le|la|les|l')) ?$", 9)
OF = Ending(r"\b(?:du|de la|de l'|des|d'|de) ?$", 6)
#: A river, not the département that bears its name.
RIVER = Ending(
    r"\b(?:riviere|fleuve|affluents?|bassins?|bassin versant|vallees?|gorges|bords?|berges?|rives?|eaux?|amont|aval"
    r"|val|lit|crues?"
    r"|confluence|estuaire|golfe|presqu'ile|littoral|cote|source|sources|ripisylve|ripisylves|sage|digues?|canal|canaux"
    r"|pont|confluent|le long"
    r"|masses? d'eau)"
    r"(?: hydrographique| versant)?" + _END,
    36,
)
#: « 63000 Clermont-Ferrand ».
POSTCODE = Ending(r"(?<![0-9])(?:f-? ?)?([0-9]{2}) ?([0-9]{3}) (?:cedex )?$", 16)
#: « Vaires (77) », « Vaires (77360) », « Vaires, 77 », « Vaires - 77 ».
NUMBER = re.compile(
    r" ?(?:\(|- ?\(?)(?:dept\.? |dep\.? )?([0-9]{2}|2[ab]|97[1-8]|98[678])(?:[0-9]{3})?(?:,[^)]{0,20})?(?:\)|$|(?= ))"
)
#: « (Puy-de-Dôme) ».
IN_BRACKETS = re.compile(r" ?\(([a-z' -]{3,40})\)")
#: « réunion publique », « réunion d'information »: a meeting, not the island.
MEETING = re.compile(
    r" (?:publique?s?|d'|de |du |des |plenieres?|annuelles?|technique|bilan|zoom|teams|en visio|entre|avec|interne"
    r"|mensuelle|le |du )"
)
#: Whoever or whatever may apply: « tout projet situé en … », where « la société X, située à … » is one actor's place.
_ANY = (
    r"(?:tout|toute|chaque|votre|vous|etre|doit|doivent|soit|projets?|operations?|investissements?|demandeur|candidat"
    r"|candidate|porteur|beneficiaire|siege|activite|etablissement|site)"
)
#: The sentence says for whom or where the call is.
PERIMETER = re.compile(
    r"\b(?:eligibles?|beneficiaires?|reserve[es]{0,2} aux?|destine[es]{0,2} aux?|territoires? (?:eligibles?"
    r"|concernes?)|perimetres?"
    r"|(?:situe|implante|domicilie|installe|base|localise|etabli)e?s (?:en|a|au|aux|dans|sur)"
    rf"|{_ANY}\b[^.;\n]{{0,80}}?\b(?:situe|implante|domicilie|installe|base|localise|etabli)e?"
    r" (?:en|a|au|aux|dans|sur)|ayant (?:leur"
    r"|son|un) (?:siege|etablissement)"
    r"|(?:leur|son|un|votre) siege (?:social )?(?:est |soit )?(?:en|a|dans)|etablissements? (?:en|dans|situe)"
    r"|sur (?:le|son|leur|l'ensemble du) territoire|a l'echelle"
    r"|porteurs? de projets? (?:de|du|des|d'|en)|(?:entreprises|toute entreprise) (?:de|du|des|d')|habitants?"
    r"|residant|s'adresse|(?:installer|implanter) (?:en|a|au|aux|dans|sur)|ouverte?s? aux?|peu(?:t"
    r"|vent) (?:candidater|deposer|repondre|participer|postuler)|sont concerne[es]{1,2}"
    r"|(?:projets?|travaux|operations?|actions?|experimentations?|demonstrateurs?|investissements?|activites?"
    r"|stages?)\b"
    r"[^.;\n]{0,40}?\b(?:se derouler|realisee?s?|menee?s?|conduite?s?|avoir lieu|(?:aura|auront|a) lieu"
    r"|mise?s? en oeuvre|localisee?s?|prevue?s?)[a-z ]{0,15} (?:en|dans|a|au|aux|sur)"
    r"|(?:exercent|exerce|exercer) (?:leur|son|une) activite|immatricule[es]{0,2} (?:en|au|a|aux|dans)|vous habitez"
    r"|(?:must|should|shall) be (?:established|located|based|registered|headquartered|implemented)|(?:are|is) eligible"
    r"|eligible (?:countries|applicants|regions|territories)|open to|may apply|can apply|are welcome|restricted to"
    r"|(?:appels? a projets?|appels? a manifestations? d'interet|aides?|fonds|subventions?) (?:[a-z]+ ){0,2}"
    r"(?:en|dans))\b"
)
#: « Castres - rue … », « … - Catus »: a label at one end of a line.
LABEL_BEFORE = re.compile(r"(?:^| [-|:] |\() ?$")
LABEL_AFTER = re.compile(r" ?(?:$|[-|:)] ?|\n)")
#: An address or a contact: the place is where a letter goes, not what the call is about.
ADDRESS = re.compile(
    r"\b(?:rue|avenue|boulevard|bd|cedex|bp|cs|tel|telephone|contact(?:er|ez|s)?|courriel|siret|(?<!s')adresse"
    r"|(?<!en )(?<!take )(?<!takes )place|quai|chemin)\b"
)
#: « départements 03, 15 et 63 », « dans le 63 ».
_ONE = r"(?:0[1-9]|[1-8][0-9]|9[0-5]|2[ab]|97[1-46])"
NUMBERED = re.compile(
    rf"\b(?:departements? (?:du |n° ?)?|dans le )({_ONE}(?:(?:, ?| et | ou | ?/ ?|, et ){_ONE})*)(?![0-9%€]| ?(?:%"
    rf"|€|h\b))"
)
ONE_NUMBER = re.compile(_ONE)
#: Cues that may also follow the names they are about: « les communes du Cantal sont éligibles ».
AFTERWARDS = re.compile(
    r"(?:non )?eligibles?|beneficiaires?|sont concerne|peu(?:t|vent) |territoires? |(?:are|is) eligible"
    r"|may apply|can apply"
    r"|are welcome|vous "
)
