"""The sender's own new words, apart from quotations, the lines above them, signatures and small print."""

from __future__ import annotations

import pytest

from tandem.wire.trim import trim

AISHA = ("Aisha", "Khan", "khan")
WHO = "Tandem <r+abc@tandem.example>"

# the line above a quotation, as programs in each language write it; three spellings of each where they differ
ABOVE = {
    "en": [
        f"On Tue, 13 Oct 2026 at 14:02, {WHO} wrote:",
        "On 13 Oct 2026, at 14:02, Tandem wrote:",
        f"On Tuesday, 13 October 2026 at 14:02:11 BST, {WHO} wrote:",
        f"{WHO} wrote:",
    ],
    "fr": [
        f"Le mar. 13 oct. 2026 à 14:02, {WHO} a écrit :",
        f"Le 13/10/2026 à 14:02, {WHO} a écrit :",
        "Le mardi 13 octobre 2026 à 14 h 02, Tandem\n<r@tandem.example>\na écrit :",
    ],
    "es": [f"El mar, 13 oct 2026 a las 14:02, {WHO} escribió:", f"El 13 oct 2026, a las 14:02, {WHO} escribió:"],
    "pt": [f"Em ter., 13 de out. de 2026 às 14:02, {WHO} escreveu:", f"A terça, 13/10/2026, 14:02, {WHO}\nescreveu:"],
    "de": [
        f"Am Di., 13. Okt. 2026 um 14:02 Uhr schrieb {WHO}:",
        f"Am 13.10.2026 um 14:02 schrieb {WHO}:",
        f"{WHO} schrieb am Di., 13. Okt.\n2026, 14:02:",
    ],
    "sw": [f"Mnamo Jumanne, 13 Okt 2026 saa 14:02, {WHO} aliandika:"],
    "hi": [f"मंगल, 13 अक्टू॰ 2026 को 2:02 pm बजे को {WHO} ने लिखा:"],
    "ar": [f"في الثلاثاء، 13 أكتوبر 2026 في 14:02 تمت كتابة ما يلي بواسطة {WHO}:", f"كتب {WHO} في 13/10/2026 14:02:"],
    "zh": [
        f"{WHO} 于2026年10月13日周二 14:02写道：",
        f"在 2026年10月13日，14:02，{WHO} 写道：",
        f"{WHO} 於 2026年10月13日 週二 下午2:02寫道：",
    ],
    "ja": [f"2026年10月13日(火) 14:02 {WHO}:", f"2026/10/13 14:02、{WHO}のメール:"],
    "it": [f"Il giorno mar 13 ott 2026 alle ore 14:02 {WHO} ha scritto:"],
    "nl": [
        f"Op di 13 okt 2026 om 14:02 schreef {WHO}:",
        f"Op 13 okt 2026 om 14:02 heeft {WHO} het volgende geschreven:",
    ],
    "pl": [f"wt., 13 paź 2026 o 14:02 {WHO} napisał(a):", f"W dniu 13.10.2026 o 14:02, {WHO} pisze:"],
    "ru": [f"вт, 13 окт. 2026 г. в 14:02, {WHO}:", f"13 октября 2026 г., в 14:02, {WHO} написал(а):"],
    "sv": [f"Den tis 13 okt. 2026 kl 14:02 skrev {WHO}:"],
    "da": [f"Den tirs. 13. okt. 2026 kl. 14.02 skrev {WHO}:"],
    "no": [f"tir. 13. okt. 2026 kl. 14:02 skrev {WHO}:"],
    "fi": [f"ti 13. lokak. 2026 klo 14.02 {WHO} kirjoitti:"],
    "cs": [f"út 13. 10. 2026 v 14:02 odesílatel {WHO} napsal:"],
    "tr": [f"{WHO}, 13 Eki 2026 Sal, 14:02 tarihinde şunu yazdı:"],
    "ko": [f"2026년 10월 13일 (화) 오후 2:02, {WHO}님이 작성:"],
    "uk": [f"вт, 13 жовт. 2026 р. о 14:02 {WHO} пише:"],
    "el": [f"Στις Τρί 13 Οκτ 2026 στις 2:02 μ.μ., ο χρήστης {WHO} έγραψε:"],
    "id": [f"Pada tanggal Sel, 13 Okt 2026 pukul 14.02 {WHO} menulis:"],
    "vi": [f"Vào Th 3, 13 thg 10, 2026 vào lúc 14:02 {WHO} đã viết:"],
}
# the block that Outlook puts above what it quotes
FIELDS = {
    "en": ("From", "Sent", "To", "Subject"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "pt": ("De", "Enviada em", "Para", "Assunto"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "sw": ("Kutoka", "Imetumwa", "Kwa", "Mada"),
    "hi": ("प्रेषक", "भेजा गया", "प्रति", "विषय"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
}
PHONES = [
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon mobile Orange",
    "Enviado desde mi iPhone",
    "Obtener Outlook para Android",
    "Enviado do meu iPhone",
    "Von meinem iPhone gesendet",
    "Gesendet mit der GMX Mail App",
    "Imetumwa kutoka iPhone yangu",
    "मेरे iPhone से भेजा गया",
    "أرسلت من الـ iPhone",
    "发自我的iPhone",
    "從我的 iPhone 傳送",
    "iPhoneから送信",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Wysłane z iPhone'a",
    "Отправлено с iPhone",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Odesláno z iPhonu",
    "iPhone'umdan gönderildi",
    "나의 iPhone에서 보냄",
    "Надіслано з iPhone",
    "Dikirim dari iPhone saya",
    "(Sent from mobile device)",
    "Sent from [Mail](https://go.microsoft.com/fwlink/?LinkId=550986) for Windows",
]
CLOSINGS = [
    "Best wishes,",
    "Kind regards",
    "Yours sincerely,",
    "Cordialement,",
    "Bien à vous,",
    "Un saludo,",
    "Atentamente,",
    "Abraços,",
    "Com os melhores cumprimentos,",
    "Atenciosamente",
    "Mit freundlichen Grüßen",
    "Viele Gruesse,",
    "Liebe Grüße",
    "Wasalaam,",
    "Kila la heri,",
    "सादर,",
    "भवदीय",
    "مع أطيب التحيات،",
    "تحياتي",
    "此致敬礼",
    "祝好！",
    "敬具",
    "よろしくお願いいたします。",
    "Cordiali saluti,",
    "Met vriendelijke groet,",
    "Z poważaniem",
    "С уважением,",
    "Med vänliga hälsningar",
    "Med venlig hilsen",
    "Ystävällisin terveisin",
    "S pozdravem",
    "Saygılarımla,",
    "З повагою,",
    "Mvh",
    "Hormat saya,",
]


@pytest.mark.parametrize("line", [line for lines in ABOVE.values() for line in lines])
@pytest.mark.parametrize("quotation", ["> No, we did not meet.", "\n> No, we did not meet.\n> \n> Agenda: no"])
def test_the_line_above_a_quotation_goes_with_it(line: str, quotation: str) -> None:
    assert trim(f"Yes, we met.\n\n{line}\n{quotation}").own == "Yes, we met."
    assert trim(f"Yes, we met.\n{line}\n{quotation}").own == "Yes, we met."
    assert trim(f"{line}\n{quotation}\n\nYes, we met.").own == "Yes, we met."


@pytest.mark.parametrize("line", [line for lines in ABOVE.values() for line in lines if "<" in line])
def test_what_follows_it_unmarked_is_the_quotation(line: str) -> None:
    assert trim(f"Yes, we met.\n\n{line}\n\nNo, we did not meet.\n").own == "Yes, we met."


@pytest.mark.parametrize("language", list(FIELDS))
@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "{} : {}", "{}：{}"])
def test_outlook_s_block_begins_another_s_mail(language: str, form: str) -> None:
    sender, sent, to, subject = FIELDS[language]
    values = (WHO, "Tuesday, 13 October 2026 14:02", "Aisha Khan", "Did you meet?")
    block = "\n".join(form.format(name, value) for name, value in zip((sender, sent, to, subject), values, strict=True))
    assert trim(f"Yes, we met.\n\n{block}\n\nNo, we did not meet.").own == "Yes, we met."
    assert trim(f"Yes, we met.\n\n________________________________\n{block}\n\nNo.").own == "Yes, we met."


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "----- Message d'origine -----",
        "-----Mensaje original-----",
        "-----Mensagem original-----",
        "-----Ursprüngliche Nachricht-----",
        "----- Ujumbe asili -----",
        "-----मूल संदेश-----",
        "-----الرسالة الأصلية-----",
        "------------------ 原始邮件 ------------------",
        "-------- 元のメッセージ --------",
        "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----",
        "-----Oryginalna wiadomość-----",
        "-----Исходное сообщение-----",
        "-----Ursprungligt meddelande-----",
        "-----Oprindelig meddelelse-----",
        "-----Alkuperäinen viesti-----",
        "-----Původní zpráva-----",
        "-----Özgün İleti-----",
        "-----원본 메시지-----",
        "---------- Forwarded message ---------",
        "---- Replied Message ----",
        "Begin forwarded message:",
        "Début du message réexpédié :",
    ],
)
def test_a_line_between_rules_begins_another_s_mail(line: str) -> None:
    assert trim(f"Yes, we met.\n\n{line}\nNo, we did not meet.").own == "Yes, we met."


@pytest.mark.parametrize("line", PHONES)
def test_a_phone_s_own_line_goes_and_what_stands_below_stays(line: str) -> None:
    assert trim(f"Yes, we met.\n\n{line}\n").own == "Yes, we met."
    assert trim(f"Yes, we met.\n\n{line}\n\nAgenda: a visit").own.endswith("Agenda: a visit")


@pytest.mark.parametrize("closing", CLOSINGS)
def test_what_follows_a_closing_is_signature(closing: str) -> None:
    text = f"Yes, we met.\n\n{closing}\nAisha Khan\nHead of Geography\nPhone: +44 113 496 0000\nAgenda: not mine"
    assert trim(text, AISHA).own == "Yes, we met."
    assert trim(text).own == "Yes, we met."


def test_what_follows_two_hyphens_is_signature() -> None:
    assert trim("Yes\n-- \nAisha\nAgenda: not mine").own == "Yes"
    assert trim("Yes\n--\nAisha\nAgenda: not mine").own == "Yes"


@pytest.mark.parametrize(
    "signature",
    [
        "Aisha",
        "Aisha Khan",
        "- Aisha",
        "Best wishes, Aisha",
        "Kind regards Aisha Khan",
        "Thanks,\nAisha",
        "Many thanks, Aisha",
        "Aisha Khan\nHead of Geography\nAiredale High School\nTel: +44 113 496 0000\nPhone: +44 113 496 0001",
    ],
)
def test_the_sender_s_name_is_signature(signature: str) -> None:
    assert trim(f"Yes, we met.\n\n{signature}", AISHA).own == "Yes, we met."


@pytest.mark.parametrize(
    "text",
    [
        "Yes",
        "2",
        "1 or 3",
        "No.",
        "-",
        "👍",
        "Saludos\nSí, nos reunimos",
        "Thanks!\nYes, we met.",
        "Thank you, I will call them",
        "Merci\nOui",
        "Danke\nJa",
        "Asante\nNdiyo",
        "شكرا\nنعم",
        "谢谢\n是的",
        "Salamu\nNdiyo",
        "Agenda: the exchange visit\nDate: not sure yet\nTo: be discussed",
        "From now on: first Monday at 15:00",
        "On Tuesday 13 October we met and Joy wrote:\nAction: Tom to send the list",
        "We spoke at 14:00 and Joy said:\n\nFeedback: great",
        "Sent via the portal yesterday",
        "Von meinem Kollegen kam die Antwort: ja",
        "Enviado por mi colega ayer",
        "Le 10 novembre nous convient :\nAction : Tom envoie la liste",
        "Am Dienstag haben wir uns getroffen:\nIdee: ein Film",
        "This message is confidential: a pupil told me that she is hurt, please delete it afterwards",
        "1. Thursday\n2. Friday\n\n--- which?",
        "Link: https://meet.example/new",
        "Best wishes to Joy.\nAgenda: the visit",
        "I wrote: yes",
        "De: 8h à 9h",
        "A:\nB:\nC:",
        "From: the head's office we heard nothing",
        "Agenda: the visit of all of the partners of our school and of\nJoy",
        "Hey:)",
        "Yes --- of course",
        "Data: 3 de março",
    ],
)
def test_an_answer_or_a_label_line_is_never_lost(text: str) -> None:
    assert trim(text, ("Tom", "Ellis")).own.split() == text.split()


def test_a_gateway_s_warning_goes_and_the_answer_below_it_stays() -> None:
    warning = (
        "CAUTION: This email originated from outside of the organisation. Do not click links or "
        "open\nattachments unless you know the sender."
    )
    assert trim(f"{warning}\nYes, we met.").own == "Yes, we met."
    assert trim(f"{warning}\n\nYes, we met.").own == "Yes, we met."
    assert trim("[EXTERNAL] be careful with links\n\nYes").own == "Yes"


@pytest.mark.parametrize(
    "small_print",
    [
        "This email and any attachments are confidential and intended solely for the addressee. If you "
        "have received it in error, "
        "please notify the sender and delete it.",
        "Ce message et ses pièces jointes sont confidentiels et destinés au seul destinataire. Si vous "
        "l'avez reçu par erreur, "
        "merci de le détruire ; toute divulgation est interdite.",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind "
        "oder diese E-Mail irrtümlich "
        "erhalten haben, vernichten Sie sie bitte. Das unbefugte Kopieren ist nicht gestattet.",
        "Este mensaje y sus archivos adjuntos son confidenciales y para su destinatario. Si lo ha "
        "recibido por error, queda "
        "prohibida su divulgación.",
        "Please consider the environment before printing this email.",
    ],
)
def test_small_print_goes(small_print: str) -> None:
    assert trim(f"Yes, we met.\n\n{small_print}\n\nAction: Tom to send the list").own.split("\n")[0] == "Yes, we met."
    assert "Action: Tom to send the list" in trim(f"Yes\n\n{small_print}\n\nAction: Tom to send the list").own
    assert small_print not in trim(f"Yes, we met.\n\n{small_print}").own


def test_answers_between_quoted_lines_stand_with_what_they_answer() -> None:
    trimmed = trim(
        f"On Tue, 13 Oct 2026 at 14:02, {WHO} wrote:\n> Did you meet?\nYes\n> What was\n> agreed?\n\n"
        f"Action: Tom writes\n"
    )
    assert trimmed.own == "Yes\n\nAction: Tom writes"
    assert trimmed.answers == (("Did you meet?", "Yes"), ("What was agreed?", "Action: Tom writes"))
    assert trimmed.shown == "> Did you meet?\n\nYes\n\n> What was\n> agreed?\n\nAction: Tom writes"


def test_a_quoted_line_that_a_program_wrapped_is_still_quoted() -> None:
    quotation = "> " + "we did not meet, I am afraid, because of the weather and the " * 2 + "\nyes and no\n> so there"
    assert trim(f"{quotation}\n\nYes").own == "Yes"


def test_an_answer_below_a_short_question_is_no_wrapped_line() -> None:
    assert trim("> Did you meet?\nyes\n> Who came?\neveryone").own == "yes\n\neveryone"


def test_a_mail_of_quotation_alone_has_no_own_words() -> None:
    assert trim("> yes").own == ""
    assert trim(f"On Tue, 13 Oct 2026 at 14:02, {WHO} wrote:\n> yes").own == ""


def test_a_forwarded_mail_s_words_are_shown_but_are_not_the_sender_s() -> None:
    trimmed = trim(
        "---------- Forwarded message ----------\nFrom: Joy <j@x.example>\nDate: Tue, 13 Oct 2026\n"
        "Subject: x\nTo: y\n\nYes, we met."
    )
    assert (trimmed.own, trimmed.shown) == ("", "Yes, we met.")


def test_for_people_a_closing_stays_where_the_name_below_is_not_the_sender_s() -> None:
    assert trim("Yes\n\nBest regards,\n\n//Jo\n+44 113 496 0000", AISHA).shown == "Yes\n\nBest regards,\n\n//Jo"
    assert trim("Yes\n\nBest regards,\nAisha\n+44 113 496 0000", AISHA).shown == "Yes"
