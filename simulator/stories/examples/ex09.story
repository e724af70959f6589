# A cousin in custody without his insulin: the danger way, then more is told before sending.
# Invented: no person, event, town or official act in it is real.

phone ex09 language zh-Hans
  says /start
  taps "中文"
  taps "好，继续"             # Yes, go on
  taps "我的家人或朋友"          # My family or a friend
  taps "现在需要医生"           # Needs a doctor now
  taps "被政府人员关着"          # Detained by officials
  taps "不知道"              # I do not know
  taps "美国"               # United States
  taps "新墨西哥（New Mexico）" # New Mexico
  taps "1"
  says 6                  # Seriously ill
  taps "还没有同意，但情况紧急"      # It is an emergency, they do not know
  says "他不能打电话"           # About the agreement
  says 3 4                # A doctor; To find someone
  taps "跳过"               # not told: Safe to read
  taps "发送前再说一些"          # Tell more before sending
  says 4 10               # Detention; No doctor or medicine
  says 3                  # No water, food, space or hygiene
  taps "跳过"               # not told: Town
  taps "不确定"              # Not sure
  says "我表哥被关在新墨西哥州的边境巡逻队拘留室，哪一天被抓的我们不清楚。他有糖尿病，胰岛素被收走了。今天早上他只打来一分钟电话，说头晕得站不起来，看守说没有医生。我们也不知道会不会遣返他。请尽快找人去看他。"
  says 4                  # U.S. Border Patrol, green uniform
  taps "发送"               # Send
  keeps receipt
