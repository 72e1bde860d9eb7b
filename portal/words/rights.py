"""Words of the information office's page: what the law says of public information, UU 14/2008
article by article.
"""

WORDS: dict[str, tuple[str, str]] = {
    "information_rights": (
        "PPID: informasi publik dan cara memintanya",
        "PPID: public information and how to ask for it",
    ),
    "information_rights.short": ("PPID", "PPID"),
    "information_rights.about": (
        (
            "Pejabat Pengelola Informasi dan Dokumentasi (PPID) menyimpan, menyediakan, dan"
            " melayani informasi publik menurut UU 14/2008 tentang Keterbukaan Informasi Publik."
            " Setiap orang berhak meminta informasi publik."
        ),
        (
            "The information and documentation officer (PPID) keeps, provides and serves public"
            " information under Law 14/2008 on the openness of public information. Everybody has"
            " the right to ask for public information."
        ),
    ),
    "class_note.berkala": (
        "disediakan dan diumumkan paling lambat enam bulan sekali (Ps 9)",
        "provided and announced at least every six months (Art. 9)",
    ),
    "class_note.serta merta": (
        (
            "diumumkan seketika karena dapat mengancam hajat hidup orang banyak dan ketertiban umum"
            " (Ps 10)"
        ),
        "announced at once because it may threaten the lives of many and public order (Art. 10)",
    ),
    "class_note.setiap saat": (
        "tersedia kapan saja bila diminta, antara lain Daftar Informasi Publik (Ps 11)",
        "available whenever asked for, the list of public information among it (Art. 11)",
    ),
    "class_note.dikecualikan": (
        (
            "tidak dibuka, setelah pengujian konsekuensi tertulis (Ps 17, 19); setiap himpunan data"
            " yang dikecualikan menyebut dasarnya"
        ),
        (
            "not opened, after a written test of consequences (Art. 17, 19); every exempt dataset"
            " states its ground"
        ),
    ),
    "ask": ("Cara meminta informasi", "How to ask for information"),
    "ask.catalogue": (
        "Cari dahulu di katalog: yang terbuka dapat langsung diunduh, tanpa permohonan.",
        "Look in the catalogue first: what is open can be downloaded at once, without a request.",
    ),
    "ask.request": (
        (
            "Ajukan permohonan kepada PPID, tertulis atau tidak tertulis (Ps 22 ayat 1): nama,"
            " alamat, informasi yang diminta, dan bentuk yang diinginkan."
        ),
        (
            "Make a request to the PPID, in writing or not (Art. 22(1)): name, address, the"
            " information asked for and the form wanted."
        ),
    ),
    "ask.receipt": (
        "Terima tanda bukti permohonan dengan nomor registernya.",
        "Take the receipt of the request with its register number.",
    ),
    "ask.answer": (
        (
            "PPID menjawab tertulis paling lambat 10 hari kerja sejak permohonan diterima, dan"
            " dapat memperpanjangnya sekali, 7 hari kerja, dengan alasan tertulis (Ps 22 ayat 7"
            " dan 8)."
        ),
        (
            "The PPID answers in writing within 10 working days of receipt, and may extend this"
            " once by 7 working days, with written reasons (Art. 22(7) and (8))."
        ),
    ),
    "ask.objection": (
        (
            "Bila ditolak, tidak dijawab, atau tidak sebagaimana diminta: ajukan keberatan kepada"
            " atasan PPID paling lambat 30 hari kerja sejak alasannya ditemukan; atasan menjawab"
            " paling lambat 30 hari kerja (Ps 35, 36)."
        ),
        (
            "If it is refused, not answered or not as asked: object to the PPID's superior within"
            " 30 working days of finding the ground; the superior answers within 30 working days"
            " (Art. 35, 36)."
        ),
    ),
    "ask.dispute": (
        (
            "Bila belum puas: ajukan sengketa ke Komisi Informasi paling lambat 14 hari kerja"
            " setelah jawaban atasan PPID (Ps 37 ayat 2)."
        ),
        (
            "If that does not satisfy: bring a dispute before the Komisi Informasi within 14"
            " working days of the superior's answer (Art. 37(2))."
        ),
    ),
    "ask.mail": ("Alamat surel PPID:", "The PPID's mail address:"),
    "ask.no_mail": (
        "Pengelola portal belum menyatakan alamat surel PPID di sini.",
        "The portal's operator has not stated the PPID's mail address here.",
    ),
    "clocks": ("Jangka waktu menurut undang-undang", "Time limits by law"),
    "clocks_note": (
        "Dihitung dalam hari kerja; hari setelah penerimaan adalah hari ke-1",
        "Counted in working days; the day after receipt is day 1",
    ),
    "clock_step": ("Langkah", "Step"),
    "clock_limit": ("Paling lambat", "At the latest"),
    "clock_days": ("{} hari kerja", "{} working days"),
    "clock_extended": (
        "{} hari kerja, dapat diperpanjang {} hari kerja",
        "{} working days, may be extended by {}",
    ),
    "clock.answer": (
        "Jawaban PPID, sejak permohonan diterima",
        "The PPID's answer, from receipt of the request",
    ),
    "clock.objection": (
        "Keberatan pemohon, sejak alasannya ditemukan",
        "The applicant's objection, from finding its ground",
    ),
    "clock.superior": (
        "Jawaban atasan PPID, sejak keberatan diterima",
        "The superior's answer, from receipt of the objection",
    ),
    "clock.dispute": (
        "Sengketa ke Komisi Informasi, sejak jawaban atasan",
        "Dispute before the Komisi Informasi, from the superior's answer",
    ),
    "clock.commission_starts": (
        "Komisi Informasi mulai, sejak sengketa diajukan",
        "The Komisi Informasi begins, from the filing",
    ),
    "clock.commission_ends": ("Komisi Informasi selesai", "The Komisi Informasi ends"),
    "grounds": ("Alasan keberatan (Ps 35 ayat 1)", "Grounds of an objection (Art. 35(1))"),
    "ground.a": (
        "permohonan ditolak berdasarkan pengecualian Ps 17",
        "the request was refused on an exemption of Art. 17",
    ),
    "ground.b": ("informasi berkala tidak disediakan", "periodic information is not provided"),
    "ground.c": ("permohonan tidak ditanggapi", "the request was not answered"),
    "ground.d": (
        "permohonan ditanggapi tidak sebagaimana diminta",
        "the request was answered otherwise than asked",
    ),
    "ground.e": ("permohonan tidak dipenuhi", "the request was not fulfilled"),
    "ground.f": ("biaya yang dikenakan tidak wajar", "the fee is unreasonable"),
    "ground.g": (
        "informasi disampaikan melebihi jangka waktu",
        "the information was given too late",
    ),
    "exempt": ("Informasi yang dikecualikan (Ps 17)", "Exempt information (Art. 17)"),
    "exempt.a": ("menghambat proses penegakan hukum", "would obstruct law enforcement"),
    "exempt.b": (
        "mengganggu hak kekayaan intelektual dan persaingan usaha sehat",
        "would harm intellectual property and fair competition",
    ),
    "exempt.c": (
        "membahayakan pertahanan dan keamanan negara",
        "would endanger the defence and security of the state",
    ),
    "exempt.d": (
        "mengungkapkan kekayaan alam Indonesia",
        "would reveal Indonesia's natural wealth",
    ),
    "exempt.e": ("merugikan ketahanan ekonomi nasional", "would harm national economic resilience"),
    "exempt.f": ("merugikan kepentingan hubungan luar negeri", "would harm foreign relations"),
    "exempt.g": (
        "isi akta autentik pribadi dan wasiat",
        "the content of private authentic deeds and last wills",
    ),
    "exempt.h": ("mengungkap rahasia pribadi", "would reveal personal secrets"),
    "exempt.i": (
        "memorandum atau surat antar- atau intra-badan publik yang menurut sifatnya dirahasiakan",
        "memoranda or letters between or within public bodies that are confidential by nature",
    ),
    "exempt.j": (
        "tidak boleh diungkapkan berdasarkan undang-undang lain",
        "may not be revealed under another law",
    ),
    "exempt_note": (
        "Yang dikecualikan di kota ini, beserta dasarnya:",
        "What is exempt in this city, with its ground:",
    ),
    "answered": ("Pelayanan permohonan informasi", "How requests were answered"),
    "answered_note": (
        (
            "Jumlah permohonan, ketepatan waktu, penolakan beserta alasannya, keberatan, dan"
            " sengketa (Ps 12), dihitung dari register tanpa identitas pemohon."
        ),
        (
            "Requests, answers in time, refusals and their reasons, objections and disputes (Art."
            " 12), counted from the registers without the applicants."
        ),
    ),
    "registers": ("Register yang terbuka", "Open registers"),
    "information_list": ("Daftar Informasi Publik (DIP)", "List of public information (DIP)"),
    "information_list_note": (
        (
            "Informasi publik yang diterbitkan portal ini, menurut klasifikasinya, dan daftar yang"
            " disusun PPID (Ps 11 ayat 1 huruf a)."
        ),
        (
            "The public information that this portal publishes, by class, and the list that the"
            " PPID keeps (Art. 11(1)(a))."
        ),
    ),
    "information_title": ("Ringkasan isi informasi", "Information"),
    "holder": ("Perangkat daerah yang menguasai", "Agency that holds it"),
    "open_list_note": (
        "{} himpunan data dan agregat yang terbuka",
        "{} open datasets and aggregates",
    ),
    "office_list": ("Daftar yang disusun PPID, {} baris", "The list that the PPID keeps, {} rows"),
}
