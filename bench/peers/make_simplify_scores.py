"""Golden scores of simplifications, for SimplifyScoresTest: run by hand, prints JSON. Needs sacrebleu.

BLEU, its parts and the 13a tokens are sacrebleu's. SARI is written here from its definition (Xu et al., 2016, equations 1 to 9, with the
counts over the whole corpus and the mean over orders of F1s, as EASSE has it): no line of EASSE is here, but the example that EASSE's
documentation gives comes out with the value that it gives. With a file of rows (src, refs) it prints the scores of some outputs for it
instead: python make_simplify_scores.py turk-tune.en.jsonl.xz
"""
import json
import lzma
import sys
from collections import Counter

import sacrebleu
from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

TOKENIZE = Tokenizer13a()


def grams(text, n):
    words = TOKENIZE(text.lower()).split()
    return Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))


def f1(p, r):
    return 2 * p * r / (p + r) if p > 0 and r > 0 else 0.0


def ratio(a, b):
    return a / b if b > 0 else 0.0


def sari(sources, outputs, references):
    """Percent: SARI, its parts add, keep, delete (F1 each), and delete as the paper has it (precision)."""
    parts = [0.0] * 4
    for n in range(1, 5):
        # For add, keep, delete: what output and references share, what the output has, what the references have.
        shared, said, wanted = [0] * 3, [0] * 3, [0] * 3
        for source, output, refs in zip(sources, outputs, references):
            s, o = grams(source, n), grams(output, n)
            r = sum((grams(ref, n) for ref in refs), Counter())
            k = len(refs)
            for g in set(s) | set(o) | set(r):
                if g not in s:
                    pairs = [(int(g in o), int(g in r)), (0, 0), (0, 0)]
                else:
                    # In units of one reference; of what the source has, the output or the references may want more than is there.
                    kept, wants = k * min(s[g], o[g]), min(k * s[g], r[g])
                    pairs = [(0, 0), (kept, wants), (k * s[g] - kept, k * s[g] - wants)]
                for i, (a, b) in enumerate(pairs):
                    shared[i] += min(a, b)
                    said[i] += a
                    wanted[i] += b
        for i in range(3):
            parts[i] += f1(ratio(shared[i], said[i]), ratio(shared[i], wanted[i])) / 4 * 100
        parts[3] += ratio(shared[2], said[2]) / 4 * 100
    return {'sari': sum(parts[:3]) / 3, 'sari_add': parts[0], 'sari_keep': parts[1], 'sari_delete': parts[2], 'sari_delete_precision': parts[3]}


def scores(sources, outputs, references):
    most = max(len(refs) for refs in references)
    streams = [[refs[i] if i < len(refs) else None for refs in references] for i in range(most)]
    bleu = BLEU()
    result = bleu.corpus_score(outputs, streams)
    tokens = [(TOKENIZE(s), TOKENIZE(o)) for s, o in zip(sources, outputs)]
    return sari(sources, outputs, references) | {
        'bleu': result.score, 'precisions': result.precisions, 'brevity_penalty': result.bp, 'output_tokens': result.sys_len,
        'reference_tokens': result.ref_len, 'signature': str(bleu.get_signature()),
        'compression_ratio': sum(ratio(len(o), len(s)) for s, o in tokens) / len(tokens),
        'exact_copies': sum(s == o for s, o in tokens) / len(tokens)}


def golden():
    easse = {
        'name': 'the example of EASSE\'s documentation',
        'sources': ['About 95 species are currently accepted.', 'The cat perched on the mat.'],
        'outputs': ['About 95 you now get in.', 'Cat on mat.'],
        'references': [['About 95 species are currently known.', 'About 95 species are now accepted.', '95 species are now accepted.'],
                       ['The cat sat on the mat.', 'The cat is on the mat.', 'The cat sat.']]}
    sources = [
        'Although it was raining heavily, the ferry departed at 5:30 p.m. and, remarkably, arrived on time.',
        'The committee, which had been established in 1,952 B.C.E. by nobody, approximates 3.14 as "three".',
        'नदी के किनारे बैठे हुए बूढ़े मल्लाह ने कहा कि नाव कल सुबह ५ बजे निकलेगी और शाम तक लौट आएगी।',
        'हमरे गाँव मा एक ठो बहुत पुरान पीपर है, जेकरे नीचे मेला लागत है अउर लोग दूर-दूर से आवत हैं।',
        'State-of-the-art AT&amp;T routers cost $1,299.99 (plus 10% tax)-or so they say; see http://example.org/a-b_c?d=1&e=2.',
        'Yes.',
        'İstanbul\'da ÇAY içtik; STRASSE and straße, ΣΊΣΥΦΟΣ and σίσυφος.',
        'He said: &quot;No!&quot; and left.']
    outputs = [
        'It was raining a lot. The ferry left at 5:30 p.m. It came on time.',
        'The committee was set up in 1,952 B.C.E. It says that 3.14 is "three".',
        'बूढ़े मल्लाह नदी के किनारे बैठे थे। उन्होंने कहा कि नाव कल सुबह ५ बजे निकलेगी। वह शाम तक लौटेगी।',
        'हमरे गाँव मा एक पुरान पीपर है। ओकरे नीचे मेला लागत है। लोग दूर-दूर से आवत हैं।',
        'AT&T routers cost $1,299.99 and 10% tax. See http://example.org/a-b_c?d=1&e=2.',
        '',
        'İstanbul\'da çay içtik ; strasse.',
        'He said: &quot;No!&quot; and left.']
    references = [
        ['It rained a lot, but the ferry left at 5:30 p.m. and came on time.', 'It rained. The ferry left at 5:30 p.m. It was on time.'],
        ['Nobody set up the committee in 1,952 B.C.E. It takes 3.14 as "three".', 'The committee was started in 1,952 B.C.E. It calls 3.14 "three".'],
        ['बूढ़ा मल्लाह नदी के किनारे बैठा था। उसने कहा कि नाव कल सुबह ५ बजे निकलेगी। वह शाम तक लौट आएगी।', 'मल्लाह ने कहा कि नाव कल सुबह ५ बजे निकलेगी और शाम तक लौट आएगी।'],
        ['हमरे गाँव मा बहुत पुरान पीपर है। ओकरे नीचे मेला लागत है। लोग दूर-दूर से आवत हैं।', 'गाँव मा एक पुरान पीपर है, जेकरे नीचे मेला लागत है।'],
        ['Modern AT&T routers cost $1,299.99, plus 10% tax.', 'Modern AT&amp;T routers cost $1,299.99 - or so they say.'],
        ['Yes.', 'Yes, it is.'],
        ['We drank tea in İstanbul.', 'İstanbul\'da çay içtik.'],
        ['He said "No!" and left.', 'He said no. He left.']]
    uneven = [refs[:1 + i % 2] for i, refs in enumerate(references)]
    odd = {
        'name': 'line ends, white space of many kinds, repeats, an output much longer than its source',
        'sources': ['a-\nb c\nd', 'one\u00a0two\u2003three\u2028four\x1cfive', 'the the the cat cat sat sat on on the the mat', 'x', 'ends with a hyphen -\n', '   '],
        'outputs': ['ab c d', 'one two three four five', 'the the cat cat cat sat on the mat the', 'x is a letter that mathematicians like, 1-2 3.4 5,6 ,7 8. .9 -1 a-1', 'ends with a hyphen -\n', 'nothing'],
        'references': [['a b c d', 'ab cd'], ['one two three', 'five four'], ['the cat sat on the mat', 'the the cat sat'], ['x', 'x is a letter'], ['it ends with a hyphen - ', 'ends'], ['', 'nothing']]}
    cases = [easse, {'name': 'several scripts', 'sources': sources, 'outputs': outputs, 'references': references},
             {'name': 'the copy', 'sources': sources, 'outputs': sources, 'references': references},
             {'name': 'references of different numbers', 'sources': sources, 'outputs': outputs, 'references': uneven}, odd,
             {'name': 'no four words in a row', 'sources': ['a b c'], 'outputs': ['a c'], 'references': [['a c', 'a']]},
             {'name': 'no four words of a reference in a row', 'sources': ['He goes there now and then'], 'outputs': ['He goes there often'],
              'references': [['He goes there', 'He is there often']]},
             {'name': 'nothing right', 'sources': ['a b c d e'], 'outputs': ['v w x y z'], 'references': [['f g h i j']]},
             {'name': 'nothing said', 'sources': ['a b c d e', 'f'], 'outputs': ['', ''], 'references': [['a b c d', 'a'], ['f', 'g']]}]
    for case in cases:
        case['expected'] = scores(case['sources'], case['outputs'], case['references'])
    published = 33.17472563619544
    assert abs(cases[0]['expected']['sari'] - published) < 1e-9, cases[0]['expected']
    texts = sorted({t for c in cases for t in c['sources'] + c['outputs'] + sum(c['references'], [])})
    texts += ['<skipped>a', 'a &lt;b&gt; &amp;quot; c', '1.2.3,4', '.5', '5.', 'a.b', '...', 'a..b', '1--2', '-1-', '१.२,३', 'x₂,y', '~`!@#$%^&*()_+=[]{}|\\:;"\'<>?/', '']
    return {'sacrebleu': sacrebleu.__version__, 'cases': cases,
            'tokens': [[t, TOKENIZE(t)] for t in texts]}


if len(sys.argv) > 1:
    with lzma.open(sys.argv[1], 'rt', encoding='utf-8') as f:
        rows = [json.loads(line) for line in f]
    source, refs = [r['src'] for r in rows], [r['refs'] for r in rows]
    short = [' '.join(s.split()[:len(s.split()) * 2 // 3]) for s in source]
    print(json.dumps({'copy': scores(source, source, refs), 'first two thirds': scores(source, short, refs),
                      'first reference against the others': scores(source, [r[0] for r in refs], [r[1:] for r in refs])}, indent=1))
else:
    print(json.dumps(golden(), ensure_ascii=False, indent=1))
