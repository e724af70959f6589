# SPDX-License-Identifier: Apache-2.0
"""Errors of the domain, one tree.

IntakeError
├── FactsError          facts for triage with an unknown key, a wrong type or a value outside its list
├── QuestionnaireError  the questionnaire file contradicts itself
├── TaxonomyError       the taxonomy file contradicts itself, or a code is asked for that it does not hold
├── DraftError          a draft's bytes cannot be read
├── ReportError         a report or summary cannot be built or read
├── SubmissionError     a submission on the wire is malformed
├── CatalogError        a translation file cannot be read
├── ResourcesError      the file of help contacts cannot be used
└── FormError           the questionnaire cannot be written as an XLSForm
"""


class IntakeError(Exception):
    """Root of the tree. A message says what a person should do next and never repeats what a person told."""


class FactsError(IntakeError):
    """Facts that triage cannot read: names the key and what it allows, never the value that was given."""


class QuestionnaireError(IntakeError):
    """The questionnaire is refused at load: names the question and the contradiction."""


class TaxonomyError(IntakeError):
    """The taxonomy is refused at load, or holds no such entry: names the entry and the contradiction."""


class DraftError(IntakeError):
    """A draft that cannot be read back: the person has to start anew."""


class ReportError(IntakeError):
    """A report or summary that is not valid: names the field, never its content."""


class SubmissionError(IntakeError):
    """A submission that is not the wire contract: names the field, never its content."""


class CatalogError(IntakeError):
    """A translation file that cannot be read: names the line."""


class ResourcesError(IntakeError):
    """The help contacts are refused at load: names the entry and the fault."""


class FormError(IntakeError):
    """A form that would not be the questionnaire: names the question or value that does not fit."""
