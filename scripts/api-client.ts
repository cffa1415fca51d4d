/** A small client of Carillon's own API, for the demo, the benches and the live tests. */
export interface ApiClient {
  /** Sends a request below `/api/v1`; resolves to the parsed body. Throws with the problem's detail on 4xx and 5xx. */
  call<Answer>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  /** All items of a paged list. */
  list<Item>(path: string): Promise<Item[]>;
}

export function createClient(url: string, key: string): ApiClient {
  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && !isForm && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }
  return {
    call,
    async list<Item>(path: string) {
      const items: Item[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const place: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
        const page: { items: Item[]; nextCursor: string | null } = await call(
          'GET',
          `${path}${path.includes('?') ? '&' : '?'}limit=200${place}`,
        );
        items.push(...page.items);
        cursor = page.nextCursor;
      }
      return items;
    },
  };
}
