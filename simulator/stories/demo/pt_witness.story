# Seen on the road: people were taken off a bus by the colour of their skin.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone pt_witness language pt
  says /start
  taps "Português"
  taps "Sim, continuar"   # Yes, go on
  taps "Eu vi acontecer"  # I saw it
  taps "Não"              # No
  taps "Livre"            # Free
  says 4 11               # Detention; Treated worse for who they are
  says 1                  # Detained without reason or papers
  says "Tabasco"          # Where
  taps "Pular"            # not told: Town
  taps "Nos últimos 7 dias"  # In the last 7 days
  taps "6 a 9"            # 6 to 9
  says 13                 # None of these
  says "Eu vi da janela: só desceram as pessoas negras. Ninguém perguntou por documentos aos outros."
  says 1                  # Mexican migration officers
  taps "Pular"            # not told: Needed most
  taps "Contar mais antes de enviar"  # Tell more before sending
  says 13                 # For how they look
  taps "Pular"            # not told: Treated so for
  taps "Ônibus"           # Bus
  taps "Enviar o que já contei"  # Send what I have
  taps "Enviar"           # Send
  keeps receipt
