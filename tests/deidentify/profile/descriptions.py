"""What people write of an ultrasound exam, and names of people: for the test of the vocabulary.

The descriptions were written down before the vocabulary was compared with them.
"""

DESCRIPTIONS_TEXT = """
US ABDOMEN COMPLETE; US ABDOMEN LIMITED RUQ; US RIGHT UPPER QUADRANT; ABDOMINAL ULTRASOUND
US AORTA SCREENING AAA; US RENAL BILATERAL; US RENAL TRANSPLANT DOPPLER; US LIVER ELASTOGRAPHY
US LIVER TRANSPLANT WITH DOPPLER; HEPATIC DUPLEX PORTAL HYPERTENSION; US PELVIS TRANSVAGINAL
PELVIC TRANSABDOMINAL AND TRANSVAGINAL; US OB LESS THAN 14 WEEKS; OB FOLLOW UP GROWTH
US OB GREATER THAN 14 WEEKS SINGLE FETUS; BIOPHYSICAL PROFILE; OB ANATOMY SCAN 20 WEEKS
NT SCAN FIRST TRIMESTER; NUCHAL TRANSLUCENCY; FETAL ECHO; FETAL ECHOCARDIOGRAM; TWINS GROWTH SCAN
CERVICAL LENGTH; UMBILICAL ARTERY DOPPLER; US THYROID AND NECK SOFT TISSUE; THYROID BIOPSY LEFT LOBE
US GUIDED THYROID FNA; US BREAST LIMITED LEFT; BREAST ULTRASOUND BILATERAL COMPLETE
AXILLA RIGHT LYMPH NODE BIOPSY; CAROTID DUPLEX BILATERAL; US CAROTID DOPPLER; AV FISTULA DUPLEX
DUPLEX LOWER EXTREMITY VENOUS BILATERAL; LOWER EXTREMITY VEIN MAPPING; LE VENOUS DUPLEX LEFT
RULE OUT DVT RIGHT LEG; UPPER EXTREMITY ARTERIAL DUPLEX; DIALYSIS ACCESS GRAFT; RENAL ARTERY DUPLEX
MESENTERIC DOPPLER; ABI WITH EXERCISE; US SCROTUM WITH DOPPLER; TESTICULAR ULTRASOUND
PROSTATE TRANSRECTAL BIOPSY; BLADDER POST VOID RESIDUAL; US HIP INFANT; NEONATAL HEAD ULTRASOUND
CRANIAL ULTRASOUND PRETERM; SPINE INFANT; PYLORIC STENOSIS; APPENDIX; INTUSSUSCEPTION
SHOULDER ROTATOR CUFF RIGHT; ACHILLES TENDON; KNEE JOINT EFFUSION; BAKER CYST; CARPAL TUNNEL WRIST
SOFT TISSUE MASS BACK; GROIN HERNIA; PARACENTESIS; US GUIDED THORACENTESIS; CHEST PLEURAL EFFUSION
LUNG ULTRASOUND; FAST EXAM TRAUMA; EFAST; TTE COMPLETE; TTE LIMITED; TTE FOLLOW UP
ECHO TRANSTHORACIC COMPLETE W DOPPLER; ECHOCARDIOGRAM WITH CONTRAST; STRESS ECHO DOBUTAMINE
EXERCISE STRESS ECHO; TEE INTRAOPERATIVE; TEE CARDIOVERSION; BUBBLE STUDY; LV FUNCTION
PEDIATRIC ECHOCARDIOGRAM CONGENITAL; EJECTION FRACTION; GLOBAL LONGITUDINAL STRAIN
PERICARDIAL EFFUSION; AORTIC STENOSIS; MITRAL REGURGITATION; PARASTERNAL LONG AXIS
APICAL FOUR CHAMBER; SUBCOSTAL IVC; SUPRASTERNAL NOTCH AORTIC ARCH; RIGHT LIVER LOBE LONGITUDINAL
LEFT KIDNEY TRANSVERSE; GALLBLADDER WALL; COMMON BILE DUCT; PANCREAS HEAD BODY TAIL; SPLEEN LONG
PORTAL VEIN FLOW; UTERUS SAGITTAL; LEFT OVARY FOLLICLES; ENDOMETRIAL THICKNESS; HYSTEROSONOGRAM
FOLLICLE TRACKING IVF; EARLY PREGNANCY VIABILITY
"""
DESCRIPTIONS = [
    one.strip() for line in DESCRIPTIONS_TEXT.strip().splitlines() for one in line.split(";")
]

# Frequent family and given names of many languages, some of which are also English words.
NAMES_TEXT = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Martinez Lopez Wilson Anderson Thomas Taylor
Moore Jackson Martin Lee Thompson White Harris Clark Lewis Robinson Walker Young Allen King Wright
Scott Hill Green Adams Baker Hall Long Short Head Hand Foote Chambers Post Still Rest Low High Small
Power Stone Wood Fox Bell Park Love Day Knight Bishop Pope Nurse Doctor Mueller Schmidt Schneider
Fischer Weber Meyer Wagner Becker Hoffmann Koch Richter Klein Wolf Neumann Braun Lang Kurz Gross
Rossi Russo Ferrari Bianchi Silva Santos Oliveira Pereira Nguyen Tran Pham Kim Park Choi Wang Li
Zhang Chen Yang Tanaka Suzuki Sato Ivanov Novak Kowalski Jansen Visser Smit Bakker Singh Kumar Patel
Khan Ali Ahmed Hassan Cohen Levi Mary John Anna Peter Maria Rose Grace Hope Faith Dawn April June
Wall Foot Back Deep Le Fu Ta Early Weeks Infant Arch Cord Vena Marsh Rivers Waters Fields Banks
Frost Winter Summers Sommer Bach Berg Stein Vogel Fuchs Kaiser Krause Schulz Zimmermann Köhler Jäger
Größ
Dupont Durand Lefèvre Moreau Petit Lambert Fontaine Rousseau Chevalier Leclerc Blanc Noël Étienne
Gómez Hernández Núñez Ibáñez Cruz Flores Reyes Morales Ortiz Romero Navarro Serrano Peña Iglesias
Esposito Colombo Ricci Marino Greco Conti De Luca Costa Giordano Mancini Lombardi Barbieri Fontana
Almeida Ferreira Carvalho Gonçalves Araújo Ribeiro Teixeira Moreira Cardoso Nogueira Conceição
Andersson Johansson Nilsson Lindqvist Bergström Hansen Olsen Sørensen Østergaard Virtanen Mäkinen
Wiśniewski Wójcik Lewandowski Dvořák Černý Horváth Szabó Kovács Popescu Ionescu Petrov Dimitrov
Papadopoulos Georgiou Yilmaz Kaya Demir Şahin Çelik Öztürk Hussein Ibrahim Mahmoud Rahman Begum
Sharma Gupta Verma Reddy Nair Iyer Chatterjee Bose Das Perera Fernando Thapa Gurung Lama Aung Htun
Okafor Adeyemi Mensah Owusu Diallo Traoré Ndiaye Mbeki Dlamini Nkosi Kamau Otieno Tesfaye Bekele
Watanabe Yamamoto Nakamura Kobayashi Kato Yoshida Hwang Jeong Kang Lim Tan Wong Chan Ng Lau Ho Zhao
Huang Zhou Wu Xu Sun Ma Zhu Guo He Lin Luo Santoso Wijaya Putri Reyes Bautista Somchai Pham Vo Bui
Olga Svetlana Dmitri Sergei Fatima Aisha Yusuf Omar Layla Noor Priya Anjali Rajesh Mei Hiroshi Yuki
Ingrid Björn Astrid Niamh Siobhán Seán Aoife Rhys Dafydd Isla Ewan Achilles Abi Simpson Valsalva
"""
NAMES = NAMES_TEXT.split()
