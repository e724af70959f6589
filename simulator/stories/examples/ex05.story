# A brother in detention who was made to sign what he could not read. Told in Haitian Creole.
# Invented: no person, event, town or official act in it is real.

phone ex05 language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De mi familia"
  taps "No sé"
  taps "En detención"
  taps "No sé"
  says 4 6                # detention; asylum
  says 2 5                # in detention; made to sign
  says 3                  # no interpreter
  says "Nuevo León"
  taps "Saltar"
  says "detención de migración"
  says "hace 3 días"
  says 1
  says 6                  # needs an interpreter
  taps "Sí"
  says "Frè m nan nan yon sant detansyon nan eta Nuevo León depi twa jou. Yo fè l siyen yon papye an panyòl; li pa konprann sa ki ladan l, pa te gen moun ki pale kreyòl. Nou pa konnen si y ap voye l tounen ni ki lè. Li pè anpil tounen Ayiti. Tanpri, pa ekri non l okenn kote."
  says 1                  # migration officers, as a guess
  taps "Enviar"
  keeps receipt
