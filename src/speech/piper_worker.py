"""Keeps Piper voices warm and speaks what it is told: piper_worker.py PACKAGES VOICE THREADS

In, a JSON line each: {"text": …, "voice": FILE, "rate": 1.0} to speak, {"stop": true} to end the utterance last asked for.
Out, messages of one byte kind, four bytes length (little-endian) and a body:
R ready, VOICE is warm · A audio (s16le mono, one message per sentence) · E end of the utterance · X it failed, why.
It ends with its standard input, so it never outlives the service.
"""

import functools
import json
import os
import queue
import struct
import sys
import threading

packages, voice_path, threads = sys.argv[1:]
sys.path.insert(0, packages)

import onnxruntime
from piper import PiperConfig, PiperVoice, SynthesisConfig

# Only messages may reach standard output: what a library prints goes to standard error.
messages = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

# Peaks are brought to half of full scale: the telephone's codec has no headroom above it.
LOUDNESS = 0.5

# Some 100 MB each; the one that was spoken with longest ago goes first.
MOST_VOICES = 4


def send(kind, body=b""):
    messages.write(kind + struct.pack("<I", len(body)) + body)
    messages.flush()


class Utterance:
    """A text to speak; `run` lets a sentence be stopped while the model computes it."""

    def __init__(self, text, voice, rate):
        self.voice = voice
        self.rate = rate
        # Piper reads [[…]] as phonemes; whoever wrote the text meant it to be read.
        self.text = text.replace("[[", " ").replace("]]", " ")
        self.run = onnxruntime.RunOptions()
        self.stopped = False

    def stop(self):
        self.stopped = True
        self.run.terminate = True


class StoppableSession:
    """Stands in for the voice's session and hands each run the options of the present utterance."""

    def __init__(self, session):
        self.session = session
        self.utterance = None

    def run(self, names, inputs):
        return self.session.run(names, inputs, self.utterance.run)


def listen(utterances):
    last = None
    for line in sys.stdin:
        order = json.loads(line)
        if "text" in order:
            last = Utterance(order["text"], order["voice"], order["rate"])
            utterances.put(last)
        elif last:
            last.stop()
    os._exit(0)


def speak(utterance):
    try:
        voice = load(utterance.voice)
        voice.session.utterance = utterance
        for sentence in voice.synthesize(utterance.text, manner(voice, utterance.rate)):
            if utterance.stopped:
                break
            send(b"A", sentence.audio_int16_bytes)
    except Exception as error:
        if not utterance.stopped:
            return send(b"X", str(error).encode())
    send(b"E")


def manner(voice, rate):
    return SynthesisConfig(volume=LOUDNESS, length_scale=voice.config.length_scale / rate)


@functools.lru_cache(MOST_VOICES)
def load(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    options.inter_op_num_threads = 1
    with open(path + ".json", encoding="utf-8") as file:
        config = PiperConfig.from_dict(json.load(file))
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    voice = PiperVoice(StoppableSession(session), config)
    # the first run of a model is slow: it happens before anybody waits
    voice.session.utterance = Utterance("Hello, this is a first sentence.", path, 1)
    for _ in voice.synthesize(voice.session.utterance.text, manner(voice, 1)):
        pass
    return voice


def main():
    load(voice_path)
    send(b"R")

    utterances = queue.Queue()
    threading.Thread(target=listen, args=[utterances], daemon=True).start()
    while True:
        speak(utterances.get())


main()
