"""Chasers: who is written to, when, with which words; as .eml files or by SMTP, and never twice."""
