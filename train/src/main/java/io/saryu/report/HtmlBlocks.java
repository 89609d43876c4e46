package io.saryu.report;

/** Tiles and tables of a page. */
final class HtmlBlocks {
    private HtmlBlocks() {
    }

    /** A figure that is shown large. */
    record Tile(String name, String value, String note) {
    }

    /** Figures in a row. */
    static void tiles(StringBuilder out, Tile... tiles) {
        out.append("<section class=\"tiles\" aria-label=\"Figures\">\n");
        for (Tile tile : tiles) {
            tile(out, tile);
        }
        out.append("</section>\n");
    }

    /** One figure of a section of them. */
    static void tile(StringBuilder out, Tile tile) {
        out.append("<div class=\"tile\"><h2>").append(Html.escape(tile.name())).append("</h2><p class=\"value\">")
                .append(Html.escape(tile.value())).append("</p><p class=\"note\">").append(Html.escape(tile.note())).append("</p></div>\n");
    }

    /**
     * Begins a table.
     *
     * @param kind an attribute of it, or nothing
     */
    static void table(StringBuilder out, String kind, String... columns) {
        out.append("<div class=\"scroll\"><table").append(kind).append("><thead><tr>");
        for (String column : columns) {
            out.append("<th>").append(column).append("</th>");
        }
        out.append("</tr></thead><tbody>\n");
    }

    /**
     * A row of a table.
     *
     * @param head HTML; the cells are text
     */
    static void row(StringBuilder out, String head, String... cells) {
        out.append("<tr><th scope=\"row\">").append(head).append("</th>");
        for (String cell : cells) {
            out.append("<td>").append(Html.escape(cell)).append("</td>");
        }
        out.append("</tr>\n");
    }

    /** Ends a table. */
    static void endTable(StringBuilder out) {
        out.append("</tbody></table></div>\n");
    }
}
