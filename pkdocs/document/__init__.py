"""Agreement and template to Word. The only package that knows docxtpl and Jinja.

Templates and the texts of a workbook are both taken for hostile: a template is checked before it is used,
a text is printed as it is.
"""

from pkdocs.document.batch import is_usual, join_batch
from pkdocs.document.prelude import Binding
from pkdocs.document.render import render_document
from pkdocs.document.template import Template, load_template

__all__ = ["Binding", "Template", "is_usual", "join_batch", "load_template", "render_document"]
