// The API's document, browsable. The viewer is vendored; it asks nobody but us.
SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#docs", deepLinking: true, docExpansion: "list", tryItOutEnabled: false });
