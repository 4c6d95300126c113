"""The words around a date that say what the date is: the end of a call, its opening, a result, a law, an event."""

import re

#: « date limite », « clôture », « remise des offres »: the date that follows ends the call.
CLOSING = re.compile(
    r"\b(?:dates? limites?|dates? butoirs?|date de (?:fin|cloture|fermeture)|dead ?lines?|dernier delai|dernier jour"
    r"|derniere limite"
    r"|ouverture[^.\n]{0,80}\bfermeture|delais? de (?:candidature|depot|remise)|cloture[es]?|cloturent"
    r"|cloturera|se clot(?:ure)?|fermeture (?:du|de la|des|de l'|:)|limite (?:de depot"
    r"|de candidature|d'inscription|de reponse|de remise)"
    r"|(?:appels?|aap|ami|candidatures?|inscriptions?|depots?|consultation|session|guichet"
    # « l'appel, ouvert depuis le ¤, sera clos ».
    r"|plateforme)(?:,[^,.;\n]{3,60},)?[a-z' ]{0,30} (?:clos(?:e|es)?|ferme(?:e|es|s|ra|ront|nt)?)"
    # « les projets étaient attendus le », « dossier à remettre le »; not « le rapport du projet est attendu le ».
    r"|(?<!du )(?<!de )(?<!des )(?:offres|plis|dossiers?|projets?|propositions?|reponses?|candidatures?"
    r"|manifestations? d'interet)"
    r"(?: (?:est|sont|sera|seront|etait|etaient))? (?:attendue?s?|a (?:remettre|deposer|rendre|adresser|envoyer"
    r"|transmettre|retourner))(?= (?:pour )?(?:le|au)(?: ¤| ?$))"
    r"|cut-?offs?|closing date|closing(?= ?:)|time[ -]limits? for (?:the )?(?:receipt|submi[a-z]+|application|tender)"
    r"|(?:calls?|applications?|submissions?|entries|nominations?|registrations?) closes?|submissions? due"
    r"|due (?:date|by)"
    r"|submission date|remise (?:definitive )?des (?:offres|plis|candidatures|dossiers|propositions|projets)"
    r"|reception des (?:offres|plis|candidatures|dossiers|propositions|projets|demandes)"
    r"|(?:depot|envoi|soumission|remise|reception) (?:des|de la) (?:offres|plis|candidatures|dossiers|propositions"
    r"|projets|demandes|(?:lettres?|declarations?) d'intention|pre-?(?:projet|proposition|dossier|candidature)s?)"
    r"|dates? de (?:depot|remise|soumission|releve)"
    r"|echeances? (?:de |d'|des |du |pour |suivantes?)|echeance(?= ?:)|releves? (?:des|de) (?:dossiers|candidatures"
    r"|projets)|releves?(?: intermediaires?| anticipees?)?(?: sont| est| etant| seront| sera)?(?: prevues?| fixees?"
    r"| organisees?)?(?= ?:| (?:le|au|aux)\b)|(?:first|second|1st|2nd) stage(?= ?:)|(?:vague|session|periode"
    r"|phase) [0-9](?= ?:)"
    r"|(?:premiere|deuxieme|troisieme|prochaine|derniere|1ere|1re|2e|2eme|3e|3eme|4e) releve(?= ?:| (?:le|au)\b)"
    r"|(?:deux|trois|quatre|plusieurs|[2-9]) (?:sessions|vagues|dates|echeances|cut-offs|campagnes)(?= ?:)"
    r"|(?:lettres? d'intention|dossiers? (?:final|finaux|complets?)|pre-?propositions?|pre-?projets?"
    r"|propositions? (?:completes?|detaillees?|finales?)|candidatures?)"
    r"(?: (?:attendue?s?|prevue?s?|exigee?s?|fixee?s?|a remettre|a deposer))?(?= (?:le|au)(?: ¤| ?$))"
    r"|depots?(?= ?:(?: ?¤| ?$))|(?:jusqu'a quand|quand (?:candidater|deposer|postuler))(?= ?:)"
    r"|(?:guichet|dispositif|appel|aide|session) (?:est |sera )?(?:clos(?:e|es)?|ferme(?:e|es)?) (?:depuis|le)"
    # « dernière relève close le ¤ »; not « exercice clos le ».
    r"|(?:releve|saison|fenetre|edition|vague|session|periode)[a-z' ]{0,20} clos(?:e|es)?(?= (?:depuis )?le ?$)"
    r"|date d'expiration|fin (?:de l'appel|(?:des|pour les) candidatures|des inscriptions|du depot"
    r"|de depot))\b"
)
#: Words of handing in: « jusqu'au » or « avant le » beside one of them ends the call.
DEPOSIT = re.compile(
    r"\b(?:candidat[a-z]*|depot|depots|depos[a-z]*|dossiers?|offres?|plis|postul[a-z]*|soumi[a-z]*|soumett[a-z]*"
    r"|inscri[a-z]*"
    r"|recoi(?:t|vent)|enquete publique|reservations?|tele-?(?:declaration|procedure|service)s?|demande en ligne"
    r"|feedback|contest"
    r"|competition|challenge|(?:prochaine|derniere|premiere|deuxieme|troisieme|cette) (?:vague|releve|session)"
    r"|ouvre(?:nt)? (?:un |une |son |sa |cet |cette |l')(?:appel|ami|concours|guichet|session|dispositif|fonds)"
    r"|repond[a-z]*|reponses?|retourne[rz]|(?:a|etre|peut|peuvent|pouvez|doit|doivent|faut) (?:etre )?"
    r"(?:demandee?s?|demander|solliciter|sollicitee?s?|faire la demande)|faites votre demande"
    r"|(?:l'|(?:cet|present|notre) )appel (?:est|sera|reste|fonctionne"
    r"|ferme|expire|court|se termine|prend)"
    r"|faites-vous connaitre|propose[rz]|express[a-z]* (?:of |an |their |your |its )?interest|envoy[a-z]*|transm[a-z]*"
    r"|adress[a-z]*"
    r"|propositions?|demandes|demande (?=avant|jusqu'au)|(?:une|la|votre|leur|sa"
    r"|toute|chaque|de) demande|demande d(?:e |')|manifest[a-z]*|appels? a (?:projets?|candidatures?"
    r"|manifestations?|contributions?)|aap|ami|apr"
    r"|(?:appels?|candidatures?|inscriptions?|depots?|guichet|session|consultation|concours|plateforme"
    r"|teleservice|formulaire|aides?"
    r"|dispositif|prix|trophees?)[a-z' ]{0,40} ouverte?s?|ouverte?s? aux|(?:il|elle|celui-ci|celle-ci) (?:est|sera"
    r"|reste) ouverte?"
    r"|apply|applications?|proposals?|submit[a-z]*|submissions?|call|open|tenders?|participer|participations?"
    r"|consultation|contributions?|contribuer|remis|remise|recevoir|recu(?:e|s|es)?|parvenir|session|guichet|bids?"
    r"|avis|lettres? d'intention"
    r"|reporte[es]*|prolonge[es]*|repousse[es]*|delai|aides?|dispositif|postes?|telecharg[a-z]*)\b"
)
#: What a date may be of, other than the end of a call.
OTHER = re.compile(
    r"\b(?:webinaires?|webinars?|reunions?|rencontres?|journees?|salons?|conferences?|ateliers?|matinees?"
    r"|rendez-vous|seminaires?|colloques?"
    r"|se (?:tiendra|deroulera|tient|deroule)|(?:s'est|se sont) deroule[es]*|reconduit[a-z]*|reconduction"
    r"|aura lieu|auront lieu|a lieu|evenements?|petit-dejeuner|forums?"
    r"|expositions?|festivals?|visites?"
    r"|resultats?|laureats?|annonces?|annonce[es]*|jury|jurys|auditions?|selection|preselection|notifications?"
    r"|notifie[es]*|comites?|commissions?"
    r"|attribu[a-z]*|decisions?|signatures?|signe[es]*|conventions?|contrats?|marche (?:est|prend|sera|court)"
    r"|validite|valables?|valides?"
    r"|questions?|renseignements?|publie[es]*|publication|paru[es]*|parution|mise? en ligne|mis a jour|mise a jour"
    r"|date d'envoi|envoi de l'avis|envoi a la publication"
    r"|loi|decret|arrete|ordonnance|directive|deliberation|(?<!economie )circulaire|reglement \(|instruction"
    r"|vote[es]*"
    r"|adopte[es]*|approuve[es]*|code|article"
    r"|ne[es]? le|cree[es]* le|fonde[es]*|inaugur[a-z]*|rentree|vacances|demarrage|debute[a-z]*|debuter|debut"
    r"|commenc[a-z]*|lancement|lance[es]*"
    r"|results?|published|awards?|awarded|event|held|kick-?off|grant agreement|start(?:s|ing)?|info day|entretiens?"
    r"|ceremonie|remise (?:des|du) (?:prix|trophees?)"
    r"|en vigueur|dates? previsionnelles?|retrait|retirer|mandat|election|assemblee generale|promotion|embauches?"
    r"|verse[es]*|indisponibles?|a pourvoir|soldes?|promo|prelevement|paiement|versement|facture|abonnement"
    r"|adhesion|factures)\b"
)
#: What beneficiaries must have done by then: the end of the project, not of the call.
DOING = re.compile(
    r"\b(?:realise[a-z]*|realisation|(?<!s')acheve[a-z]*|achevement|travaux|termine[es]* (?:avant|au)|livre[es]*"
    r"|livraison"
    r"|livrables?|engage[es]*|demarr[a-z]*|paye[es]*"
    r"|facture[es]*|acquitte[es]*|mis en service|mise en service|execut[a-z]*|depenses?|investissements?"
    r"|eligibilite des|duree|projets? (?:devra|doi)[a-z]*"
    r"|produire|operationnel[a-z]*|finalise[es]*|solder|rapport final|immatricul[a-z]*|cree[es]* (?:avant|apres)"
    r"|creation|construit[es]*|achat|achete[es]*|acquisition|acquis[es]*"
    r"|embauche[es]*|recrute[es]*|residant|exerce[es]*|clos(?:e|es)? (?:au|le) 31|exercice|bilan|bilans|horizon"
    r"|objectif|d'ici a|reduire|interdi[a-z]*|(?<!intention )(?<!inscription )obligat[a-z]*|(?<!s')effectue[es]*"
    r"|mene[es]*|derouler[a-z]*"
    r"|founded|incorporated|established)\b"
)
#: Right before the date: it ends something.
UNTIL = re.compile(
    r"\b(?:avant|jusqu'au|jusqu'a|jusque|d'ici|prend(?:ra)? fin|prennent fin|clos|se termine(?:ra)?"
    r"|(?:se )?(?:re)?ferme(?:ra|ront|nt)?"
    r"|s'acheve(?:nt|ra|ront)?"
    r"|(?:re(?:mett(?:re|ent|ront|ez)|tourn(?:er|ent)|nd(?:re|ent))|envo(?:yer|ient|yez)|depos(?:er|ent|ez)"
    r"|(?:trans|sou)met(?:tre|tent|tez)|adress(?:er|ees?|ez)|parvenir|exigee?s?|complet|attendue?s?|souhaitee?s?"
    r"|retour(?:nez)?)"
    r"[^.;\n¤]{0,40} pour|expire(?:ra)?|closes?(?: on)?|due(?: on)?|by [0-9:]+ ?(?:[ap]\.?m\.?)?[a-z ]{0,8} on"
    r"|au plus tard|by|until|till|before|no later than|not later than)"
    r"(?: (?:le|la|au|the|jusqu'au|et jusqu'au|et au plus tard le))*(?: ?:)? ?$"
)
#: Right before the date: it begins something.
SINCE = re.compile(
    r"\b(?:a partir d[ue]|a compter d[ue]|des|depuis|from|ouvre(?:nt|ra|ront)?|ouverture|ouvert(?:e|s|es)?|open(?:s"
    r"|ing|ed)?|lancement|debut)"
    r"(?: (?:des|du|de la|de l'|d'|de) ?(?:candidatures?|depots?|inscriptions?|dossiers?|appel(?: a projets)?"
    r"|plateforme|session|guichet|call))?"
    r"(?: (?:est |sera )?(?:fixee |prevue )?)?(?: ?(?:le|au|:|on))* ?$"
)
#: Right after the date: « (date limite) », « dernier délai ».
CLOSING_AFTER = re.compile(
    r"^ ?(?:a ?[0-9]{1,2} ?h ?[0-9]{0,2} ?)?(?:(?:[(:–-] ?|est (?:la|le) )(?:date limite|dernier delai|dernier jour"
    r"|date butoir|delai de rigueur|deadline|cloture"
    r"|au plus tard|fin des candidatures|fin du depot)|,? ?(?:dernier delai|delai de rigueur|au plus tard"
    r"|date limite de (?:depot|reception)))"
)
#: The date that follows replaces another.
MOVED = re.compile(
    r"\b(?:report[a-z]*|repousse[a-z]*|prolong[a-z]*|decale[a-z]*|proroge[a-z]*|nouvelle (?:date|echeance|cloture)"
    r"|extended|postponed)\b[^.\n]{0,80}$"
)
#: The date that follows was replaced.
REPLACED = re.compile(
    r"(?:\b(?:initialement|prealablement|au lieu d[ue]|et non(?: plus)?(?: le| au)?|anciennement|instead of"
    r"|originally)\b[^.,;\n]{0,40}"
    r"|\b(?:report|repousse|prolong|decale|proroge)[a-z]*(?: d[ue]| from)?"
    r"(?: (?:lundi|mardi|mercredi|jeudi|vendredi))?)\s?$"
)
#: A scheme (not a call, not an offer) holds until then.
SCHEME = re.compile(
    r"\b(?:reglement|dispositif|aide|programme|regime|mesure)\b[^.\n]{0,50}\b(?:en vigueur|prend(?:ra)? fin|valable"
    r"|s'applique|ouvert)[^.\n]{0,20}$"
)
#: Several cut-offs, or several steps: the dates do not contradict each other.
SEVERAL = re.compile(
    r"\b(?:sessions?|vagues?|releves?|phases?|etapes?|dates limites|dates de depot|echeances|cut-?offs?|(?:1ere?"
    r"|premiere?|2e|2eme|deuxieme|seconde?) (?:date|depot|session|releve|vague|cloture|periode|echeance|appel"
    r"|campagne)"
    r"|puis|stages?|lettres? d'intention|declarations? d'intention|pre-?(?:depot|projet|proposition)s?"
    r"|trimestriel[a-z]*|campagnes?|deadlines|two-stage)\b"
)
#: No end.
ROLLING = re.compile(
    r"\b(?:au fil de l'eau|(?:depots?|candidatures?|instruction|demandes?|inscriptions?)[a-z ]{0,30} (?:en continu"
    r"|permanente?s?)|tout au long de l'annee|toute l'annee"
    r"|sans (?:date|limite) (?:limite|de date|de temps)|pas de date limite|aucune date limite|guichet permanent"
    r"|appel permanent|en permanence|a tout moment"
    r"|jusqu'a epuisement (?:des|de l')|no deadline|rolling basis|(?:apply|register|submit[a-z]*|submitted"
    r"|open) at any time|continuously open|open continuously)\b"
)
#: One of these is in anything that `ROLLING` finds: looking for plain words first costs a tenth.
ROLLING_WORDS = (
    "fil de l'eau", "continu", "permanen", "toute l'annee", "tout au long", "limite", "a tout moment", "sans date",
    "epuisement", "no deadline", "rolling", "at any time",
)  # fmt: skip
#: « date limite pour les questions »: not the end of the call.
QUESTIONS = re.compile(
    r"\b(?:questions?|renseignements? complementaires?|demandes? de renseignements|informations complementaires"
    r"|visites?)\b(?!.*\b(?:offres?|candidatures?|plis|dossiers?|projets?)\b)"
)
#: « date limite pour les questions : ¤, date limite de réponse : »: when the questions are answered.
ANSWERS = re.compile(
    r"\bquestions?\b[^¤]*¤+(?![^¤]*\b(?:offres?|plis|candidatures?|dossiers?|appel"
    r"|projets?)\b)[^¤]*\breponses?\b[^¤]*$"
    r"|\breponses? (?:aux questions|de la (?:region|commission|collectivite|commune)|du (?:pouvoir|departement)"
    r"|de l'(?:acheteur|administration|agence|etat))\b"
)
#: Registering for a meeting is not handing in.
SIGNING_UP = re.compile(
    r"\b(?:presentation|webinaires?|webinars?|visites?|reunions?|ateliers?|journees?|evenements?|seances?)\b"
    r"[^¤.]{0,60}\b(?:inscri[a-z]*|regist[a-z]*)"
    r"|\binscri[a-z]* (?:a|au|aux|pour) (?:la |cet |cette |ce |l'|ces |le )?(?:presentation|webinaires?|visites?"
    r"|reunions?|ateliers?|journees?|evenements?|seances?)\b"
)
#: « les concurrents peuvent obtenir une traduction. Les demandes sont à adresser avant le »: of the translation.
ASKING = re.compile(
    r"\b(?:obtenir|retirer|retrait|renseignements|questions?|precisions|traduction|telecharge[a-z]*"
    r"|visites?)\b[^¤]{0,200}"
    r"[.;]\s+(?:les|ces|leurs|toutes les) demandes (?:sont|doivent|seront|devront|peuvent)[^.;¤]{0,80}$"
)
HANDING_IN = re.compile(r"\b(?:candidatures?|dossiers?|offres?|plis|appels?|projets?|concours)\b")
#: What those who were granted hand in later.
GRANTED = re.compile(
    r"\b(?:demandes? (?:de |d')?(?:paiement|versement|solde|remboursement|acompte)|dossiers? de (?:solde|paiement)"
    r"|factures?|justificatifs?|bilans? (?:de|du|des|final|annuel|financier|qualitatif|d')|comptes?[ -]rendus?"
    r"|rapports? (?:final|finaux|intermediaires?|d'activite|d'execution|de fin|financier)|pieces? de solde"
    r"|payment (?:claims?|requests?)|(?:final|interim|progress) reports?)\b"
)
#: Those who were not granted anything yet: applicants.
APPLYING = re.compile(
    r"\b(?:candidat|postul|appels? a |demandes? (?:de subvention|d'aide|de financement|d'inscription))"
)
#: What the financer does by then.
PROMISED = re.compile(
    r"\b(?:(?:seront|sera|serez|sont|est) (?:ensuite |tous )?(?:informe|averti|prevenu|contacte|recontacte"
    r"|notifie)[es]*"
    r"|reponse (?:leur |vous )?(?:sera|est) (?:apporte|donne|communique|adresse|transmis)[es]*|recevront"
    r"|recevrez|recevra les candidats?"
    r"|(?:region|commission|equipe|departement|administration|service|acheteur|agence|nous) (?:vous |y |leur )?"
    r"(?:repondra|repondrons|reviendra|reviendrons|informera|etudiera|instruira|examinera|rendra|communiquera))\b"
)
#: « les dossiers déposés avant le … restent soumis à l'ancien règlement »: a change of rules.
OLD_RULES = re.compile(
    r"[ ,]*(?:(?:ne |n')(?:sont|seront|peuvent|beneficie|releve)|restent|demeurent|relevent|conservent|continuent)"
)
HANDED_IN = re.compile(r"\b(?:depose|recu|transmis|adresse|envoye|remis)[es]+ (?:avant|jusqu'au)(?: le)? ?$")
NOT_HANDED_IN = re.compile(r"\b(?:non|pas|incomplet[es]*|complet[es]*)\b")
#: A section of its own that holds one date.
CALENDAR = re.compile(r"\s*(?:calendrier|dates?|echeances?)(?: de l'appel(?: a projets)?| de depot)? ?: ?")
