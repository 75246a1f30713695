export function refusal(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

export function nothingHere(): Response {
  return refusal(404, "there is nothing here");
}
