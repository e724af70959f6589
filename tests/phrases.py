# SPDX-License-Identifier: Apache-2.0
"""Phrases that no text of any language may hold: what may hurt when asked (domain.md 1.2), and what nobody can promise."""

NEVER_ASKED = {
    # domain.md 1.2. Words a question may not contain; a warning not to tell them is allowed (see MAY_WARN).
    "en": r"full name|address|last name|surname|passport|curp|id number|document number|alien number|home address|gps|live location"
    r"|how much did you pay|smuggler's name|route|cross(ed)? the border|criminal record|phone number|religion\?|orientation\?"
    r"|immigration status|legal status|why did you|why didn't|are you sure|details of the|photo of",
    "es": r"nombres? completo|direcci[óo]n|apellido|pasaporte|curp|número de (documento|identidad|extranjer)|domicilio|gps|ubicación en vivo"
    r"|cuánto pagó|nombre del coyote|ruta|cruz(ó|aron) la frontera|antecedentes|número de teléfono|religión\?|orientación\?"
    r"|situación migratoria|estatus migratorio|por qué (no )?(hizo|lo hizo|salió|vino)|está segur|detalles de la|foto de",
    "fr": r"nom complet|adresse|nom de famille|passeport|curp|numéro (de |d')?(document|identité|étranger)|domicile|gps|position en direct|combien (avez-vous|as-tu) payé|nom du passeur|itinéraire|travers(é|er) la frontière|casier judiciaire|numéro de téléphone|religion ?\?|orientation ?\?|situation (migratoire|régulière)|êtes-vous sûr|détails de l",
    "pt": r"nomes? completo|endereço|sobrenome|passaporte|curp|número (do documento|de identidade|de estrangeir)|gps|localização ao vivo|quanto pagou|nome do (coiote|atravessador)|rota|cruz(ou|aram) a fronteira|antecedentes|número de telefone|religião\?|orientação\?|situação migratória|tem certeza|detalhes da",
    "ht": r"non konplè|adrès|siyati|paspò|curp|nimewo (dokiman|idantite|etranje)|gps|konbyen ou te peye|non pasè|wout ou te pran|travèse fwontyè|kazye jidisyè|nimewo telefòn|relijyon ou\?|estati imigrasyon|èske ou sèten|detay sou",
    "ru": r"полн\w+ им|адрес|фамили|паспорт|curp|номер (документа|удостоверения|иностранца)|gps|геолокац|сколько (вы )?заплатили|имя проводника|маршрут|перешли границу|судимост|номер телефона|религия\?|ориентация\?|миграционный статус|вы уверены|подробности (о|того)",
    "zh-Hans": r"全名|地址|姓氏|护照|curp|证件号|外国人号码|gps|实时位置|付了多少钱|蛇头(的)?(名字|姓名)|路线|怎么过境|犯罪记录|电话号码|宗教[？?]|性取向[？?]|移民身份|你确定|您确定",
    "ar": r"اسم(ك|كم)? (ال)?كامل|أسماء كاملة|عنوان|لقب العائلة|جواز|curp|رقم (الوثيقة|الهوية|الأجنبي)|gps|موقع مباشر|كم دفعت|اسم المهرب|الطريق الذي|عبر(ت|تم)? الحدود|سجل جنائي|رقم (ال)?هاتف|الدين\؟|الميول\؟|وضع(ك)? القانوني|هل أنت متأكد|تفاصيل ما",
}
MAY_WARN = {
    "en": r"no full names, numbers or addresses|not your address, and not where you sleep|no street",
    "es": r"sin nombres completos, números ni direcciones|no su dirección ni donde duerme|sin calle",
    "fr": r"sans noms complets, numéros ni adresses|pas votre adresse, ni l.endroit où vous dormez|pas de rue",
    "pt": r"sem nomes completos, números ou endereços|não o seu endereço, nem onde você dorme|sem rua",
    "ht": r"pa mete non konplè, nimewo, ni adrès|pa mete adrès ou, ni kote ou dòmi|pa mete non lari",
    "ru": r"без полных имён, номеров и адресов|не ваш адрес и не место, где вы ночуете|улицу, пожалуйста, не пишите",
    "zh-Hans": r"不要写您的地址，也不要写您住的地方|(请)?不要写(全名|真实姓名)[^。]*|不是(您|你)的(住址|地址)[^。]*|不要写街道",
    "ar": r"بدون أسماء كاملة أو أرقام أو عناوين|ليس عنوانك ولا مكان نومك|بدون اسم الشارع",
}
PROMISES = {
    "en": r"we will (help|answer|call|reply|rescue|get)|you will (get|receive|be)|within \d+ (hours|days)|guarantee|anonymous"
    r"|end-to-end|deleted from telegram|we promise|100 ?%|don't worry|everything will|soon",
    "es": r"le (ayudaremos|responderemos|llamaremos)|vamos a (ayudar|responder|rescatar)|recibirá|en \d+ (horas|días)|garanti"
    r"|anónim|extremo a extremo|borrado de telegram|prometemos|100 ?%|no se preocupe|todo (va a|estará)|pronto",
    "fr": r"nous (vous )?(aiderons|répondrons|appellerons)|vous (recevrez|obtiendrez)|dans (les )?\d+ (heures|jours)|garanti|anonym|bout en bout|supprimé de telegram|nous promettons|100 ?%|ne vous inquiétez pas|tout ira|bientôt",
    "pt": r"(vamos|iremos) (ajudar|responder|ligar|resgatar)|você (vai receber|receberá)|em \d+ (horas|dias)|garanti|anônim|ponta a ponta|apagado do telegram|prometemos|100 ?%|não se preocupe|tudo (vai|ficará)|em breve",
    "ht": r"n ap (ede w|reponn ou|rele w|sove w)|w ap resevwa|nan \d+ (èdtan|jou)|garanti|anonim|nou pwomèt|100 ?%|pa enkyete|tout bagay ap|talè",
    "ru": r"мы (поможем|ответим|позвоним|спасём)|вы получите|в течение \d+ (час|дн)|гарант|аноним|сквозн|удалено из telegram|обещаем|100 ?%|не волнуйтесь|всё будет|скоро",
    "zh-Hans": r"我们会(帮助|回复|打电话|解救)|您会收到|我们[^。]*\d+ ?(小时|天)(内|之内)|保证|匿名|端到端|从 ?telegram ?(中)?删除了|我们承诺|100 ?%|别担心|一切都会|很快",
    "ar": r"سوف (نساعد|نرد|نتصل)|سنساعد|سنرد|ستحصل|خلال \d+ (ساعة|يوم|أيام)|نضمن|مجهول|مشفر من طرف|نعدك|100 ?%|لا تقلق|كل شيء سيكون|قريبًا",
}

WHY = r"\b(why|por qué|pourquoi|por que|poukisa|почему|зачем)\b|为什么|لماذا"
"""No question blames."""
