# Made to sign a paper without a translation, and still held.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone ru_signed language ru
  says /start
  taps "Русский"
  taps "Да, продолжить"   # Yes, go on
  taps "О себе"           # Me
  taps "Нет"              # No
  taps "Под стражей у властей"  # Detained by officials
  taps "Да, позже"        # Yes, later
  says 4                  # Detention
  says 5                  # Made to sign papers
  taps "Нижняя Калифорния"  # Baja California
  taps "Пропустить"       # not told: Town
  taps "Вчера"            # Yesterday
  taps "1"
  says 9 12                  # Needs an interpreter
  says "Дали бумагу на испанском и сказали подписать. Переводчика не было. Пишу с чужого телефона."
  says 1                  # Mexican migration officers
  says 2                  # A lawyer
  taps "Отправить"        # Send
  keeps receipt
