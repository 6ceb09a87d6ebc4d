"""The words that carry no meaning: a short list left out of the index, a long one left out of queries.

Both hold surfaces as `analysis.tokenise` folds them: lower case, no apostrophes.
"""

# Lucene's 33 English stop words, and the parts of a URL that every URL has.
_INDEX = """
a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to
was will with http https www
"""

_ENGLISH = """
about above after again all also am any anyone anybody because been before being below between both can cannot cant
could couldnt did didnt do does doesnt doing dont done during each else ever every few from further get getting got
had hadnt has hasnt have havent having he her here hers herself hi hello hey him himself his how however i im its
itself just know let lets like me might mine more most much must my myself nor now off once only other our ours
ourselves out over own please possible same seem shall she should shouldnt so some somebody someone something still than
thank thanks them themselves those through too tried trying try under until up us use used using very via want wanted
wants wasnt way we were werent what when where whether which while who whom whose why wont would wouldnt yes yet you
your yours yourself need needs needed help able guys anyway kindly regards dear
"""

# Function words of Hindi, as typed in Latin letters. "main" and "do" mean something in English and are not here.
_HINGLISH = """
hai hain ho hota hoti tha thi ka ke ki ko mein se par pe aur ya kya kaise kaisa kaisi kab kahan kyu kyun kyon nahi
nahin nhi mera meri mere mujhe hum hume hamara aap aapka apna apni apne ye yeh wo woh kar kare karein karna karne
karta karu karun kiya gaya gayi raha rahi rahe bhi toh wala wali chahiye sakta sakte sakti hua hui
lagta lagti lagte lagega lagegi aa jaa
"""

_HINDI = """
है हैं हो होता होती था थी थे का के की को में से पर और या यह ये वह वे क्या कैसे कैसा कैसी कब कहां क्यों नहीं मैं मेरा
मेरी मेरे मुझे हम हमें हमारा आप आपका अपना अपनी अपने कर करे करें करना करने करता करूं किया गया गई रहा रही रहे भी तो ने
एक इस उस इसे उसे वाला वाली चाहिए सकता सकते सकती हुआ हुई लिए कृपया लगता
लगती लगते लगेगा लगेगी आ जा
"""

# What turns a sentence round. The index has none of the English ones, so synonyms ask the query for them.
_NEGATIONS = """
no not never none without cannot cant couldnt didnt doesnt dont hadnt hasnt havent isnt arent shouldnt wasnt werent wont
wouldnt nahi nahin nhi नहीं नही
"""

INDEX_STOPWORDS = frozenset(_INDEX.split())
NEGATIONS = frozenset(_NEGATIONS.split())
QUERY_STOPWORDS = INDEX_STOPWORDS.union(_ENGLISH.split(), _HINGLISH.split(), _HINDI.split())
