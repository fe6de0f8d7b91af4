"""From Sphinx's reStructuredText to clean text: every kind of markup that Django uses."""

import textwrap

import pytest

from experiments.core import BookError
from experiments.tasks.devdocs.markup import Titles, read_titles, show_role
from experiments.tasks.devdocs.text import read_page

TITLES = Titles({"host-headers": "Host header attacks"}, {"ref/settings": "Settings"})


def text_of(source):
    return read_page("topics/page", textwrap.dedent(source), TITLES).text


def test_inline_markup_reads_as_its_text():
    assert text_of("""
        Set :setting:`USE_TZ` to ``True`` and see *the* `time zone guide`_, which
        wraps; :class:`~django.db.Error` and :meth:`.Model.save`.

        .. _time zone guide: https://example.org
        """) == ("Set USE_TZ to True and see the time zone guide, which wraps; Error and "
                 "Model.save().")


@pytest.mark.parametrize("name, text, shown", [
    ("class", "~django.db.models.Q", "Q"),
    ("class", "django.db.models.Q", "django.db.models.Q"),
    ("func", "~django.urls.path", "path()"),
    ("meth", ".get_host()", "get_host()"),
    ("setting", "DEBUG=False <DEBUG>", "DEBUG=False"),
    ("ref", "host-headers", "Host header attacks"),
    ("ref", "the attack <host-headers>", "the attack"),
    ("doc", "/ref/settings", "Settings"),
    ("doc", "../ref/settings", "Settings"),
    ("doc", "/no/such/page", "/no/such/page"),
    ("mod", "!asyncio", "asyncio"),
    ("ticket", "123", "#123"),
    ("pep", "249", "PEP 249"),
    ("rfc", "9110#section-15.4", "RFC 9110 Section 15.4"),
])
def test_a_role_reads_as_the_published_page_shows_it(name, text, shown):
    assert show_role(name, text, "topics/page", TITLES) == shown


def test_changes_of_a_version_name_the_version():
    assert text_of("""
        .. versionchanged:: 5.0

            The default became ``True``.

        .. versionadded:: 5.1

        .. deprecated:: 6.0

            Use the other one.
        """) == ("Changed in Django 5.0: The default became True.\n\nNew in Django 5.1.\n\n"
                 "Deprecated since version 6.0: Use the other one.")


def test_code_keeps_its_lines_and_follows_its_file_name():
    assert text_of("""
        Example::

            a = 1

                b = ``2``

        .. code-block:: python
            :caption: ``mysite/urls.py``
            :emphasize-lines: 1

            urlpatterns = []

        .. console::

            $ python manage.py check
        """) == ("Example:\n\n    a = 1\n\n        b = ``2``\n\nmysite/urls.py:\n\n"
                 "    urlpatterns = []\n\n    $ python manage.py check")


def test_signatures_lead_what_they_define():
    assert text_of("""
        .. class:: Q(*args, \\
                     **kwargs)
            :noindex:

            Encapsulates filters.

            .. attribute:: connector

                Defaults to ``AND``.

        .. django-admin:: check [app_label]

        .. django-admin-option:: --tag TAGS, -t TAGS
        """) == ("class Q(*args, **kwargs)\n  Encapsulates filters.\n\n  connector\n"
                 "    Defaults to AND.\n\ndjango-admin check [app_label]\n\n--tag TAGS, -t TAGS")


def test_lists_are_indented_under_their_marks():
    assert text_of("""
        * one
          goes on
        * two

        #. first

           more
        #. second

        term
            Its definition.
        """) == ("- one goes on\n- two\n\n1. first\n\n   more\n\n2. second\n\n"
                 "term\n  Its definition.")


def test_notes_are_led_by_their_name_or_title():
    assert text_of("""
        .. note::

            Careful.

        .. admonition:: Why?

            Because.

        .. seealso:: :doc:`/ref/settings`
        """) == "Note: Careful.\n\nWhy? Because.\n\nSee also: Settings"


def test_a_table_is_written_row_by_row():
    assert text_of("""
        ======= =======
        Version Python
        ======= =======
        5.2     3.10,
                3.11
        6.1     3.12
        ======= =======
        """) == "Version | Python\n5.2 | 3.10, 3.11\n6.1 | 3.12"


def test_what_no_reader_sees_is_left_out():
    assert text_of("""
        .. _a-label:
        .. setting:: USE_TZ
        .. module:: django.db
            :synopsis: Databases.
        .. index:: time zone
        .. comment

        Text.

        .. image:: x.png
        .. toctree::
            :hidden:

            one
        """) == "Text."


def test_markup_that_nobody_knows_is_an_error_that_names_the_page():
    with pytest.raises(BookError, match="topics/page: .*Unknown directive type \"chart\""):
        text_of(".. chart:: pie\n")


def test_sections_lie_exactly_where_they_say():
    page = read_page("p", "One\n===\n\nFirst.\n\nTwo ``x``\n---------\n\nSecond.\n\n"
                          "Three\n-----\n\nLast.\n", TITLES)
    assert page.text == "# One\n\nFirst.\n\n## Two x\n\nSecond.\n\n## Three\n\nLast."
    one, two, three = page.sections
    assert (one.titles, one.start, one.end) == (("One",), 0, 49)
    assert (two.titles, two.start, two.end) == (("One", "Two x"), 15, 32)
    assert (three.titles, three.start, three.end) == (("One", "Three"), 34, 49)
    assert page.text[two.start:two.end] == "## Two x\n\nSecond."
    assert page.text[one.start:page.own_end(one)] == "# One\n\nFirst."
    assert page.own_end(two) == 32


def test_titles_are_found_by_label_and_by_page():
    titles = read_titles({"ref/settings": "========\nSettings\n========\n\n.. _my-label:\n"
                                          ".. _Other label:\n\n``USE_TZ`` and :class:`~a.B`\n"
                                          "---------------------------\n\nText.\n"})
    assert titles.pages == {"ref/settings": "Settings"}
    assert titles.labels["my-label"] == "USE_TZ and B"
