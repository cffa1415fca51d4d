/** `npm start`: the service itself, configured by the environment (`.env.example`). */
import '../src/main.ts';
