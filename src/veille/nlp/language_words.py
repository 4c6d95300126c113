"""The words and endings by which languages are told apart: one table each, as folded text prints them."""

#: Function words and the plainest words of calls; a word of several languages is in each.
WORDS = {
    "fr": (
        "le la les des du un une et est dans pour par sur avec au aux ce cette ces son sa ses leur leurs qui que dont "
        "ou nous vous ils elle il sont ete votre vos notre nos pas plus mais comme entre afin ainsi chez vers sans "
        "sous "
        "l d qu s n c j jusqu appel appels projet projets entreprise entreprises en a de se si y on tout tous toute "
        "toutes aide aides lance ouvert ouverte depuis contre selon apres avant reforme marche marches travaux soutien "
        "nouveau nouvelle nouveaux lors peut etre fait reseau plan concours eau prix filiere fonds energie sante "
        "programme lot lots cluster label formation reunion ligne mise construction renovation mission banque achats "
        "recherche base adresse locale commune communes service services ville site amenagement rue route installation "
        "analyse"
    ),
    "en": (
        "the of and to in for with from by this that these those are was were will be been has have at an as its it is "
        "their your our which who how what not or into through between more under than call calls companies projects "
        "new a we can must if no on all one before after next now up find open grants grant funding award awards prize "
        "winners deadline supply services notice apply small health clean energy water materials training support "
        "working results european council work programme opens announced tender food women trades published based "
        "industry"
    ),
    "de": (
        "der die das und den dem des fur mit von zu im ist sind wird werden auf eine einer einem nicht auch bei nach "
        "uber durch zur zum in an am als aus bis oder sie es ein eines einen kann konnen hat haben vom dass wie was ab "
        "um neue neuen kleiner foerderung unternehmen ohne sich ihre zwischen gesucht partner stehen ende januar marz"
    ),
    "es": (
        "el los las del y una para con por se su sus que es al lo como mas empresas este esta sobre entre la en de a "
        "un "
        "no o hasta desde sin son sera seran ha han ser pequenas ayuda ayudas proyecto proyectos nuevo nueva abierta "
        "abierto plazo sector medianas mejor"
    ),
    "it": (
        "il lo gli della delle dei di e che per con una sono nel nella alla del degli imprese anche come questo la le "
        "i "
        "un l d al da in si ai alle dal dalla nei sul sui sulle tra su piu o ed a possono essere bando bandi progetto "
        "progetti dello nuovi nuovo nuova aperto gara lavori"
    ),
    "nl": (
        "het een van en voor met op te zijn wordt naar bij aan door niet ook deze dat de der die in is of om tot uit "
        "over als we wij ons onze kan kunnen willen worden meer dan nieuwe heeft maximaal zoeken oude"
    ),
    "pt": (
        "o os as do da dos das em para com uma que por mais ao empresas sao como a e de no na nos nas um se ate aos "
        "pelo pela nao ou entre sobre sua seus pode podem novo novos nova candidaturas apoio incentivos pequenas premio"
    ),
}
#: Endings of words of five letters or more: the longest that fits votes.
ENDINGS = {
    "fr": (
        "tion tions ment ments ique iques ite ites eur eurs eux euse aux eau eaux ee ees oire age ages if ive ives "
        "ance "
        "ence aire aires ois ais iere ieres elle elles ture er ers ier iers el els ales isme erie ries eme emes ete "
        "ette logie ale ante ente antes entes able ables esse tte ille illes enne ble iste istes use cle que ne re te "
        "le che fe"
    ),
    "en": (
        "tion tions ment ments ing ings ness ship ity ities ogy ed ly ght ers er able ance ence ture ive ism ical ry "
        "als ish ies ess ath urs"
    ),
    "de": (
        "ung ungen keit heit lich liche lichen schaft schaften isch ische ischen tion tionen ier ieren ern erung haft "
        "ter tes tet stadt werb werbs werbung ahren orter ekte zen gen ben ten hen len nen ren sen den mus nis tik "
        "rung "
        "lung"
    ),
    "es": (
        "os as cion ciones dad dades ado ados ada adas ero eros era eras miento mientos anza encia ico ica icos icas "
        "ivo iva able ores aron idas ido idos sion siones ario arias ante antes rio rias ion enes itud itudes uros "
        "ucion izar ajo"
    ),
    "it": (
        "zione zioni mento menti ita enza enze ezza tti zzo zzi ivo ivi iva ico ici ica iche ato ati ata ate ale ali "
        "ore ori nte nti oni one aggio aggi ario aria arie anza aro ello elle etto etti esse ismo zia zie udi uti sci"
    ),
    "nl": (
        "heid lijk lijke ing ingen tie ties ering eren aar aat ijn ijk ijf oor sel ste ven den gen ken len men nen ren "
        "ten zen ssen uik ouw erij eel ele isch ische jen tief lingen dheid even arin oek"
    ),
    "pt": (
        "os as cao coes dade dades ado ados ada adas mento mentos eiro eiros eira ico ica icos icas ivo ivos iva encia "
        "gem gens ario arios oes aes nho lho nha lha veis vel ncia orio uisa ores"
    ),
}
