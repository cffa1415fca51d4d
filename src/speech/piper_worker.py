"""Keeps one Piper voice warm and speaks what it is told: piper_worker.py PACKAGES VOICE THREADS

In, a JSON line each: {"text": …} to speak, {"stop": true} to end the utterance last asked for.
Out, messages of one byte kind, four bytes length (little-endian) and a body:
R ready (JSON: sampleRate) · A audio (s16le mono, one message per sentence) · E end of the utterance · X it failed, why.
It ends with its standard input, so it never outlives the service.
"""

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
LOUDNESS = SynthesisConfig(volume=0.5)


def send(kind, body=b""):
    messages.write(kind + struct.pack("<I", len(body)) + body)
    messages.flush()


class Utterance:
    """A text to speak; `run` lets a sentence be stopped while the model computes it."""

    def __init__(self, text):
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
            last = Utterance(order["text"])
            utterances.put(last)
        elif last:
            last.stop()
    os._exit(0)


def speak(voice, utterance):
    voice.session.utterance = utterance
    try:
        for sentence in voice.synthesize(utterance.text, LOUDNESS):
            if utterance.stopped:
                break
            send(b"A", sentence.audio_int16_bytes)
    except Exception as error:
        if not utterance.stopped:
            return send(b"X", str(error).encode())
    send(b"E")


def main():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    options.inter_op_num_threads = 1
    with open(voice_path + ".json", encoding="utf-8") as file:
        config = PiperConfig.from_dict(json.load(file))
    session = onnxruntime.InferenceSession(voice_path, options, providers=["CPUExecutionProvider"])
    voice = PiperVoice(StoppableSession(session), config)
    # the first run of a model is slow: it happens before anybody waits
    speak_silently(voice)
    send(b"R", json.dumps({"sampleRate": config.sample_rate}).encode())

    utterances = queue.Queue()
    threading.Thread(target=listen, args=[utterances], daemon=True).start()
    while True:
        speak(voice, utterances.get())


def speak_silently(voice):
    voice.session.utterance = Utterance("Hello, this is a first sentence.")
    for _ in voice.synthesize(voice.session.utterance.text, LOUDNESS):
        pass


main()
