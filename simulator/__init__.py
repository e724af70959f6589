# SPDX-License-Identifier: Apache-2.0
"""Telegram on loopback: a Bot API server, the people who talk to the bot, and a control API to move both."""
