# SPDX-License-Identifier: Apache-2.0
"""The domain, pure: taxonomy, questionnaire, draft, flow, report, triage and lifecycle.

Nothing here has a clock, randomness, network or store; what changes with time or chance is passed in.
"""
