/** A step that audio flows through: pure, without timers; `flush` gives what is still held at the end of a stream. */
export interface Stage<In, Out> {
  push(input: In): Out[];
  flush(): Out[];
}
