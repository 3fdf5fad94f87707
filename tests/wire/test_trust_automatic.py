"""Mail that no person wrote never counts, with or without headers that say so; people's own words always do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.wire import mail, trust
from tests.support.agreements import agreement

FIXTURES = Path(__file__).parent / "fixtures" / "mail"


def _why(*headers: str, subject: str = "Re: did you meet?", body: str = "Yes, we met.") -> str | None:
    lines = [
        *headers,
        "From: Aisha Khan <a.khan@airedale.example>",
        f"Subject: {subject}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        body,
    ]
    return trust.judge(mail.parse("\r\n".join(lines).encode()), agreement()).why


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (rejected)",
        'auto-submitted: AUTO-NOTIFIED; owner-email="x"',
        "Precedence: bulk",
        "Precedence: junk",
        "Precedence: list",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: x",
        "X-Apple-Action: VACATION",
        "List-Id: <x.example>",
        "List-Unsubscribe: <mailto:x@y.example>",
        "Return-Path: <>",
        "X-MS-Exchange-Inbox-Rules-Loop: a@b.example",
        "X-FC-MachineGenerated: true",
    ],
)
def test_headers_of_programs(header: str) -> None:
    assert _why(header) == "automatic"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: ",
        "Precedence: normal",
        "X-Auto-Response-Suppress: All",
        "Return-Path: <a.khan@airedale.example>",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Mailer: auto",
        "Importance: high",
    ],
)
def test_headers_that_people_s_mail_has_too(header: str) -> None:
    assert _why(header) is None


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: did you meet?",
        "Auto: Re: did you meet?",
        "Out of Office: Re: x",
        "Autoreply",
        "Réponse automatique : réunion",
        "Absence du bureau : réunion",
        "Respuesta automática: reunión",
        "Fuera de la oficina: x",
        "Resposta automática: reunião",
        "Automatische Antwort: Treffen",
        "Abwesenheitsnotiz: Treffen",
        "Jibu la kiotomatiki: mkutano",
        "स्वचालित उत्तर: बैठक",
        "رد تلقائي: اجتماع",
        "自动回复: 会议",
        "自動回覆：會議",
        "自動応答: 会議",
        "[自動返信] 会議",
        "Risposta automatica: x",
        "Automatisch antwoord: x",
        "Automatyczna odpowiedź: x",
        "Автоматический ответ: x",
        "Autosvar: x",
        "Automatisk svar: x",
        "Automaattinen vastaus: x",
        "Automatická odpověď: x",
        "Otomatik Yanıt: x",
        "자동 회신: x",
        "Автоматична відповідь: x",
        "Balasan otomatis: x",
        "Out of office Re: did you meet?",
        "Absence du bureau Re: Rivers",
    ],
)
def test_subjects_of_programs(subject: str) -> None:
    assert _why(subject=subject) == "automatic"


@pytest.mark.parametrize(
    "subject",
    ["Re: Automatic reply", "Absence", "Abwesenheit am 10.", "Out of office thoughts", "Auto trip", "休暇", "Agenda"],
)
def test_subjects_of_people(subject: str) -> None:
    assert _why(subject=subject) is None


@pytest.mark.parametrize(
    "body",
    [
        "Thank you for your email. I am out of the office until 4 March with limited access to email.",
        "I am currently on annual leave and will respond to your message on my return.",
        "This is an automated response. Yes.",
        "I am away until 4 March. For urgent matters please contact Tom.",
        "Je suis absente du bureau jusqu'au 4 mars. En cas d'urgence, merci de contacter M. Ellis.",
        "Ceci est une réponse automatique.",
        "Gracias por su mensaje. Estoy fuera de la oficina hasta el 4 de marzo.",
        "Estoy de vacaciones hasta el 4 de marzo. Para asuntos urgentes escriba a Tom.",
        "Obrigado pelo seu e-mail. Estou fora do escritório até 4 de março.",
        "Esta é uma resposta automática: estou de férias.",
        "Vielen Dank für Ihre Nachricht. Ich bin bis 4. März nicht im Büro.",
        "Ich bin im Urlaub. Ihre E-Mail wird nicht weitergeleitet.",
        "Asante kwa barua pepe yako. Nipo nje ya ofisi hadi 4 Machi.",
        "Niko likizo hadi 4 Machi. Kwa dharura wasiliana na Tom.",
        "आपके ईमेल के लिए धन्यवाद। मैं 4 मार्च तक कार्यालय से बाहर हूँ।",
        "यह एक स्वचालित उत्तर है।",
        "شكرا لرسالتك. أنا خارج المكتب حتى 4 مارس.",
        "هذا رد تلقائي. أنا في إجازة.",
        "您好，我正在休假，无法及时回复邮件。如有急事请联系张老师。",
        "这是自动回复。",
        "ただいま休暇中です。お急ぎの場合は田中までご連絡ください。",
        "このメールは自動で返信しています。",
        "Sono in ferie fino al 4 marzo. Per urgenze scrivete a Tom.",
        "Ik ben afwezig tot 4 maart. Voor dringende zaken: Tom.",
        "Jestem na urlopie do 4 marca. W pilnych sprawach proszę o kontakt z Tomem.",
        "Я в отпуске до 4 марта. По срочным вопросам пишите Тому.",
        "Jag är på semester till 4 mars. Vid brådskande ärenden kontakta Tom.",
        "Jeg er på ferie til 4. marts. Hvis det haster, ring til Tom.",
        "Olen lomalla 4.3. asti. Kiireellisissä asioissa ota yhteyttä Tomiin.",
        "Jsem na dovolené do 4. března. V naléhavých případech volejte Toma.",
        "4 Mart'a kadar yıllık izindeyim. Acil durumlarda Tom'a yazın.",
        "3월 4일까지 휴가 중입니다. 급한 용무는 톰에게 연락 바랍니다.",
        "To deliver your message, please click the link below.",
        "メールありがとうございます。10月20日まで不在にしております。",
        "Grazie per il messaggio. Sarò fuori ufficio fino al 20 ottobre.",
    ],
)
def test_an_answering_program_s_words_without_any_header(body: str) -> None:
    assert _why(body=body) == "automatic"


@pytest.mark.parametrize(
    "body",
    [
        "I am away until 4 March",
        "Thank you for your message. I am away until 4 March and can't join.",
        "I'm out of the office on Monday, sorry.",
        "Merci pour votre message. Je suis absente le 10, pouvons-nous décaler ?",
        "Je suis absente jusqu'au 4 mars",
        "J'ai reçu une réponse automatique.",
        "Estaré fuera hasta el 4 de marzo",
        "Estou fora até 4 de março",
        "Danke für deine Nachricht. Ich bin am 10. im Urlaub.",
        "Ich bin bis 4. März nicht da",
        "Nipo safarini hadi 4 Machi",
        "मैं 4 मार्च तक छुट्टी पर हूँ",
        "أنا مسافر حتى 4 مارس",
        "我3月4日之前出差",
        "ご連絡いただきありがとうございます。10日は出張のため参加できません。",
        "3月4日まで不在です",
        "Did you get an automatic reply from Joy?",
        "Ms Otieno no longer works at our school; Joy takes over.",
        "已收到您的邮件，我们会参加",
        "Yes. I am travelling next week.",
        "The link is no longer in use. Link: https://meet.example/new",
    ],
)
def test_people_s_own_words_about_being_away(body: str) -> None:
    assert _why(body=body) is None


def test_a_program_s_words_in_a_quotation_make_no_mail_automatic() -> None:
    body = (
        "Yes, we met.\r\n\r\nOn Tue, 13 Oct 2026 at 14:02, Joy <j@x.example> wrote:\r\n> This is an "
        "automatic reply. I am out of the office."
    )
    assert _why(body=body) is None


@pytest.mark.parametrize("name", ["out-of-office", "read-receipt"])
def test_whole_mails_of_programs(name: str) -> None:
    assert trust.judge(mail.parse((FIXTURES / f"{name}.eml").read_bytes()), agreement()).why == "automatic"


def test_a_feedback_report_is_automatic() -> None:
    raw = (
        b"From: a.khan@airedale.example\r\nContent-Type: multipart/report; report-type=feedback-report; "
        b"boundary=f\r\n\r\n--f\r\n\r\n"
        b"An abuse report.\r\n--f\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n--f--\r\n"
    )
    assert trust.judge(mail.parse(raw), agreement()).why == "automatic"
