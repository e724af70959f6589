# SPDX-License-Identifier: Apache-2.0
"""The phone side: takes updates from Telegram, answers them, seals what is told and hands it to the API."""
