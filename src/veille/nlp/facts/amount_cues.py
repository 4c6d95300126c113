"""The words around a sum or a rate that say what it is: the most a project gets, an envelope, a floor, a price."""

import re

#: The most that one project gets.
MOST = re.compile(
    r"\b(?:jusqu'a|plafond[a-z]*|plafonnee?s?|maxim[a-z]*|max\.?|peu(?:t|vent) atteindre"
    r"|dans la limite de|limitee?s? a|limite de"
    r"|n'excede(?:ra)? pas|ne (?:peut|peuvent|pourra|doit)"
    r" (?:pas )?(?:exceder|depasser)|sans (?:exceder|depasser)|ne depasse(?:nt|ra|ront)? pas|a concurrence de|maxi"
    r"|pouvant (?:atteindre|aller jusqu'a)|pourr(?:a|ont) atteindre"
    r"|capped at|up to|no more than|at most)\b[^.;\n]{0,45}$|[≤<] ?$"
    r"|\bpar (?:projet|laureat|entreprise|dossier|beneficiaire) ?: ?[^.;\n]{0,25}$"
)
MOST_AFTER = re.compile(
    r"^[ ,(]*(?:ht |ttc |h\.t\. )?\(?(?:maxim[a-z]*|max\b|au plus|par (?:projet|laureat|entreprise|dossier"
    r"|beneficiaire|candidat|porteur|structure|an et par)"
    r"|per (?:project|beneficiary|grant|company|applicant|participant|sme|start-?up|consortium|pilot)|each\b"
    r"|chacune?\b|pour chaque)"
)
#: « une subvention de 20 000 € ».
GRANT = re.compile(
    r"\b(?:subventions?|aides?|primes?|bourses?|cheques?|dotations?|prets?|avances?(?: recuperables?"
    r"| remboursables?)?|financements?|soutien|tickets?|grants?|funding|lump sums?|vouchers?|loans?"
    r"|forfait|prix|contributions? of)"
    r"(?: [a-z'-]+){0,3} (?:de|of|d'un montant de|a hauteur de|s'eleve a|est de|allant de|between|worth|comprise? entre"
    r"|entre)[^.;\n]{0,25}$"
)
#: « le lauréat reçoit », « peuvent recevoir », « remporteront ».
PAID = re.compile(
    r"\b(?:recoi(?:t|vent)|recevr(?:a|ont|ez)|recevoir|percoi(?:t|vent)|percevr(?:a|ont)|percevoir|remport(?:e|ent"
    r"|era|eront)"
    r"|obtenir|obtiendr(?:a|ont)|gagne(?:nt|ra|ront)?|offre(?:nt)?|se verr(?:a|ont) (?:attribuer|remettre)|(?:financ"
    r"|dot"
    r"|recompens)[a-z]* (?:a hauteur )?de"
    r"|receives?|awarded|prizes? of)"
    r"(?: (?:chacune?|une? (?:aide|subvention|prime|dotation|montant|somme|bourse|cheque)))?(?: de| d'"
    r"| a hauteur de)? ?$"
    r"|\bmontants? (?:maximum |maximal )?(?:de l'aide|d'aide|de la subvention|du pret|de la prime|du cheque) ?:? ?$"
)
PAID_AFTER = re.compile(
    r"^ ?(?:au|a la|a l'|aux|a chaque|pour chaque|par) (?:laboratoire|laureat|projet|entreprise"
    r"|equipe|porteur)"
)
PAYS = re.compile(r"\b(?:verse(?:nt|ra|ront)?|attribue(?:nt|ra)?|accorde(?:nt|ra)?|alloue(?:nt|ra)?) ?$")
#: « une aide de 30 % des investissements, entre 1 500 € et »: the aid again, after what it is reckoned on.
FROM_TO = re.compile(
    r"(?:%|\b(?:aides?|subventions?|primes?|prets?|avances?|dotations?|bourses?"
    r"|cheques?))[^.;\n]{0,60}, (?:comprise? )?"
    r"(?:entre|de) [0-9][^,.;\n]{0,20} (?:et|a) $"
    r"|(?:^|[.!?] )(?:montants? (?:comprise? )?)?(?:entre|de) [0-9][0-9 .,]{2,12}(?:k?€ |m€ |euros )?(?:et|a) $"
    r"|\bmontants? (?:comprise? entre|allant de) [^,.;\n]{0,20} (?:et|a) $"
)
#: What a rate is applied to, as far as it counts.
COUNTED = re.compile(r"\b(?:retenu[es]*|assiette|depenses? plafonn[a-z]*)\b[^.;,\n]{0,40}$")
PRIZE = re.compile(r"\bdotations? ?: ?$")
#: A « dotation » of less is a prize, of more the envelope of a call.
LARGEST_PRIZE = 100_000
#: The whole envelope, or the value of a contract.
TOTAL = re.compile(
    r"\b(?:enveloppe|budget(?: total| global| previsionnel| indicatif)?|dotation (?:globale|totale|budgetaire"
    r"|de l'appel)|dotee?s? d(?:e|')|montant (?:total|global)|total budget"
    r"|indicative budget|credits|valeur (?:totale )?(?:estimee|du marche|hors)|montant estime|marche est estime"
    r"|estimated (?:total )?value|mobilise[es]*|fonds (?:de|dote)|se partage(?:nt|ront)?|somme totale"
    r"|au total)\b[^.;\n]{0,50}$"
)
TOTAL_AFTER = re.compile(
    r"^ ?(?:ht )?(?:sont |est |seront |sera )?(?:mobilise|d'enveloppe|de budget|au total|consacre|alloue|in total"
    r"|sur (?:cinq|trois|[0-9]) ans)"
)
#: Money that is not the aid.
NOT_AID = re.compile(
    r"\b(?:chiffres? d'affaires|c\.?a\.?|bilan|turnover|capital|leve|levent|levee de fonds|fonds propres|equity"
    r"|reste a charge|valorisation|amende"
    r"|loyer|prix de vente|tarif|cotisation|salaire|revenus?|ressources|quotient|penalites?|caution|inscription)\b"
    r"[^.;\n]{0,60}$"
)
#: A floor, unless a ceiling comes after it (« de 3 000 € minimum à 50 000 € maximum »).
LEAST = re.compile(
    r"\b(?:plancher|minim[a-z]*|au moins|superieure?s? a|plus de|at least|a partir de|seuil)\b[^.;\n]{0,40}$"
)
#: A ceiling on what counts, not on what is paid.
BASIS = re.compile(
    r"\b(?:depenses?|assiette|couts?|investissements?|travaux|frais|montant du projet|projets? (?:de|dont"
    r"|d'un))\b[^.;\n]{0,40}$"
)
BASIS_AFTER = re.compile(
    r"^ ?(?:ht |ttc )?(?:de|d'|des) ?(?:depenses|couts|frais|travaux|assiette|chiffre)"
    # « de 5 000 à 20 000 € : 80 % », « ticket de 10 M€ minimum »: a bracket, a floor.
    r"|^ ?:? ?[0-9]{1,3} ?%|^ ?(?:ht |ttc )?(?:au )?(?:minimum|mini\b)"
)
SHARE = re.compile(
    r"\b(?:taux|grants? cover|cover[a-z]*|credits? d'impot|bonifiee?s? a|subvention[a-z]*|aides?|financ[a-z]*"
    r"|cofinanc[a-z]*|prise en charge|pren(?:d|nent|ant) en charge|pris en charge"
    r"|a hauteur de|intensite|plafond[a-z]*|jusqu'a|soutien|intervention"
    r"|funding rate|reimbursement|co-?funding|rembours[a-z]*|couvr[a-z]*)\b[^.;\n]{0,70}$"
)
SHARE_AFTER = re.compile(
    r"^ ?(?:maxim[a-z]* |max\.? |au maximum )?\(?(?:des? (?:depenses|couts?|frais|investissements?|montant"
    r"|l'assiette|la depense)|du (?:cout|montant|budget|projet|prix)|de (?:subvention|aide|financement"
    r"|l'investissement)"
    r"|of (?:(?:the|all|relevant|eligible|total|your|their) )*(?:costs?|expenses|expenditure)|d'aide|d'aides"
    r"|de prise en charge|pour les (?:pme|tpe|petites|moyennes|eti"
    r"|grandes))"
)
NOT_SHARE = re.compile(
    r"\b(?:baisse|hausse|augment[a-z]*|reduction|reduire|croissance|part de marche|emissions?|recycl[a-z]*|capital"
    r"|detenu[es]*|moins|gain|economies?|taux de (?:chomage|croissance|retour|marge|tva)"
    r"|tva|interet|remise|efficacite|plus de|au moins|objectif|rendement|humidite|biologique)\b[^.;\n]{0,40}$"
)
#: « PME de moins de 250 salariés, »: says nothing of the rate after it.
HEADCOUNT = re.compile(r"\b(?:moins|plus) de [0-9 ]+ (?:salaries|employes|etp|habitants|ans)\b")
#: A price of one unit: « 0,30 € par repas », « 15 €/t ».
UNIT_AFTER = re.compile(
    r"^ ?(?:ht |ttc )?(?:(?:par|per|a|l[ea]|du|de l'|/) ?(?:repas|jours?|day|heures?|hour|mois|month|nuit|personne|hab"
    r"|habitant|km|kilometre|kilo|kg|tonne|ton|t|litre|l|m2|m²|m3|m³|metre|hectare|ha|kwh|mwh|kwc|kw|mw|arbre|tete"
    r"|place"
    r"|piece|unite|unit)\b)"
)
