# A pattern told by a clinic: a count without names, never added to single reports.
# Invented: no person, event, town or official act in it is real.

phone ex04 language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Many people"
  taps "No, I help them"
  taps "Again and again"
  taps "No"
  taps "Free"
  says 6 11               # Asylum was blocked; Treated worse for who they are
  says 2 3                # Asylum procedure blocked (COMAR, court); No interpreter, lawyer, consul or information
  says "Puerto Escudo, San Luis Potosí"  # Where
  says "in April"         # When
  says "in April"         # Since when
  says 3                  # People told me
  taps "I do not know"
  says "at least 27"      # People
  says 9                  # Needs an interpreter
  says "We run a free clinic. All through April people told us the same thing about the refugee office in Puerto Escudo, San Luis Potosí: the guard at the door sends away whoever does not speak Spanish and says to come back with an interpreter of your own. We counted 27 people, maybe there are more. Nobody gave us permission to pass on a name."
  says "Refugee office (COMAR)"
  says "Private guards"
  taps "Done"
  taps "Skip"             # not told: Needed most
  taps "Tell more before sending"
  says 12                 # No one spoke their language
  taps "Skip"             # not told: Treated so for
  says "government office"  # Kind of place
  taps "Skip"             # not told: Fear of return
  taps "Skip"             # not told: Known by
  taps "Skip"             # not told: How sure
  taps "Skip"             # not told: Papers
  taps "Skip"             # not told: Reason told
  taps "Skip"             # not told: Signed
  taps "Skip"             # not told: Another version
  taps "Skip"             # not told: Evidence
  taps "Skip"             # not told: Your role
  taps "The person told me"
  taps "Skip"             # not told: Risk to you
  taps "Skip"             # not told: Already on it
  taps "Skip"             # not told: Files
  taps "Skip"             # not told: Safe to read
  taps "Also as a number, without details"
  taps "Send"
  keeps receipt
