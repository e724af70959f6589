# Papers and a ring not returned two years ago. Told in Russian.
# Invented: no person, event, town or official act in it is real.

phone ex08 language es
  says /start
  taps "Español"
  taps "Sí, seguir"
  taps "De mí"
  taps "No"
  taps "Libre"
  says 2 3                # things; papers
  taps "Estados Unidos"
  says Texas
  taps "Saltar"
  says "custodia de Estados Unidos"
  taps "Antes"
  says 2023
  says 1
  says 7                  # none of these
  says "В 2023 году, месяц уже не помню, меня выпустили из центра содержания в Техасе. Паспорт и обручальное кольцо не вернули, сказали, что пришлют по почте. Я писал туда дважды, ответа нет. Сейчас я в безопасности. Хочу только вернуть документы."
  says 5                  # ICE
  taps "Enviar"
  keeps receipt
