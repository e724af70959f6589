# A brother in immigration detention who was made to sign a paper that he could not read.
# Invented: no person, event, town or official act in it is real.

phone ex05 language ht
  says /start
  taps "Kreyòl ayisyen"
  taps "Wi, kontinye"     # Yes, go on
  taps "Fanmi mwen oswa yon zanmi"  # My family or a friend
  taps "Mwen pa konnen"   # I do not know
  taps "Otorite yo kenbe l fèmen"  # Detained by officials
  taps "Mwen pa konnen"   # I do not know
  says 4 6                # Detention; Asylum was blocked
  says 2 5                # In detention, no abuse told yet; Made to sign papers
  says 3                  # No interpreter, lawyer, consul or information
  says "Nuevo León"       # Where
  taps "Sote"             # not told: Town
  says "sa gen 3 jou"     # When
  taps "1"
  says 9 12                  # Needs an interpreter
  says "Frè m nan nan yon sant detansyon nan eta Nuevo León depi twa jou. Yo fè l siyen yon papye an panyòl; li pa konprann sa ki ladan l, pa te gen moun ki pale kreyòl. Nou pa konnen si y ap voye l tounen ni ki lè. Li pè anpil tounen Ayiti. Tanpri, pa ekri non l okenn kote."
  says 1                  # Mexican migration officers
  says 2                  # A lawyer
  taps "Rakonte plis anvan ou voye"  # Tell more before sending
  says 12                 # No one spoke their language
  taps "Sote"             # not told: Treated so for
  taps "Prizon imigrasyon, Meksik"  # Migration station, Mexico
  says 6                  # It is a guess
  taps "Sote"             # not told: How sure
  taps "Sote"             # not told: Papers
  taps "Sote"             # not told: Reason told
  taps "Wi, yo te fòse yo"  # Yes, they were made to
  taps "Non"              # No
  taps "Voye sa mwen di deja"  # Send what I have
  taps "Voye"             # Send
  keeps receipt
