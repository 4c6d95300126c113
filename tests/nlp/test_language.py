import pytest

from veille.nlp.language import detect
from veille.text import fold


@pytest.mark.parametrize(
    ("printed", "prior", "language"),
    [
        ("La Région soutient les projets des entreprises de la filière", None, "fr"),
        ("The call is open to companies in the Union for projects on water", None, "en"),
        ("Die Ausschreibung für Unternehmen der Region ist eröffnet und wird mit dem Land finanziert", None, "de"),
        ("La convocatoria para las empresas del sector está abierta y se financia con los fondos", None, "es"),
        ("Horizon Europe: SME-led healthy ageing", "en", "en"),
        ("Smart city challenge", "fr", "fr"),
        ("Design, innovation, transition", None, "fr"),
        ("", None, "fr"),
        ("", "en", "en"),
        ("AMI 5G", "en", "en"),
        ("Le programme Horizon Europe finance la recherche et les projets des PME", "en", "fr"),
        ("EIC Accelerator: funding for start-ups that are developing new water technologies in the EU", "fr", "en"),
    ],
)
def test_the_language_is_read_with_the_source_as_prior(printed, prior, language):
    assert detect(fold(printed), prior) == language


def test_a_regional_code_is_cut_to_its_language():
    assert detect("", "fr-FR") == "fr"
